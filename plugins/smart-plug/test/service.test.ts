import { expect, test } from '@jest/globals';
import { parseConfig, type DeviceChange } from '@porchlight/core';
import { buildContext } from '@porchlight/core/testing';
import { fingerprintOf, openProofs } from '../src/adapters/proofs/client.ts';
import { service } from '../src/service.ts';
import { routerConfig, startHouse, type TestHouse } from './support/house.ts';

const health = ({ devices }: TestHouse) => devices.state('router', 'health');
const isOn = ({ devices }: TestHouse, id = 'router') => devices.state(id, 'switch')?.on;

function parse(raw: object) {
  const parsed = parseConfig(service.configSchema, raw);
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
  return parsed.config;
}

test('without a plug it is idle and says what to do', async () => {
  const context = buildContext();
  const running = service.create(parse({}), context);
  await running.start();
  expect(running.devices.problem).toMatch(/Add one in the settings/);
  expect(context.log.lines).toEqual(['info: No plug yet. Add one in the settings.']);
  await running.stop();
  await running.stop();
  expect(context.clock.pending).toBe(0);
});

test('a restart: one message, off, on again, and the note on disk is gone', async () => {
  const house = await startHouse();
  const { clock, storage } = house.context;
  await house.restart();
  expect(house.plug().told).toEqual(['cut 20']);
  expect(house.phase()).toBe('off');
  expect(isOn(house)).toBe(false);
  expect(storage.files.get('cycles')).toContain('"router"');
  await clock.advance(22_000);
  expect(house.phase()).toBe('idle');
  expect(isOn(house)).toBe(true);
  expect(JSON.parse(storage.files.get('cycles') ?? '')).toMatchObject({ cycles: {} });
  expect(house.plug().told).toEqual(['cut 20']);
});

test('a restart is an event, and its time is remembered over a restart of the process', async () => {
  const house = await startHouse();
  const changes: DeviceChange[] = [];
  house.devices.subscribe((change) => changes.push(change));
  const at = house.context.clock.now();
  await house.restart();
  await house.context.clock.advance(22_000);
  const events = changes.flatMap((change) => (change.type === 'event' ? change.event : []));
  expect(events).toMatchObject([{ type: 'restarted', device: 'router', occurredAt: at }]);
  const after = await startHouse(routerConfig, house);
  expect(after.devices.state('router', 'power-cycle')).toEqual({ phase: 'idle', last: at });
});

test('the timer of the plug fails: it is switched on by us, again and again until it is on', async () => {
  const house = await startHouse();
  house.plug().isTimerBroken = true;
  await house.restart();
  house.plug().trouble = 'silent';
  await house.context.clock.advance(60_000);
  expect(house.phase()).toBe('restoring');
  house.plug().trouble = undefined;
  await house.context.clock.advance(10_000);
  expect(house.plug().told).toEqual(['cut 20', 'on']);
  expect(house.phase()).toBe('idle');
});

test('a plug that does not come back is a fault on all faces, once in the log, and it heals', async () => {
  const house = await startHouse();
  house.plug().isTimerBroken = true;
  await house.restart();
  house.plug().trouble = 'silent';
  await house.context.clock.advance(3_600_000);
  expect(house.phase()).toBe('failed');
  expect(health(house)).toMatchObject({ ok: false, problem: expect.stringContaining('does not come on again') });
  expect(house.context.log.lines.filter((line) => line.startsWith('error'))).toHaveLength(1);
  house.plug().trouble = undefined;
  await house.context.clock.advance(60_000);
  expect(house.phase()).toBe('idle');
  expect(health(house)).toEqual({ ok: true });
});

test('a plug that cannot be reached refuses at once and is not touched afterwards', async () => {
  const house = await startHouse();
  house.plug().trouble = 'silent';
  await expect(house.restart()).rejects.toMatchObject({ code: 'plug.not-restarted' });
  house.plug().trouble = undefined;
  await house.context.clock.advance(60_000);
  expect(house.plug().told).toEqual([]);
  expect(house.devices.state('router', 'power-cycle')).toMatchObject({
    phase: 'idle',
    problem: expect.stringContaining('does not answer'),
  });
});

test('a plug that obeys without an answer is brought back in any case', async () => {
  const house = await startHouse();
  house.plug().trouble = 'deaf';
  house.plug().isTimerBroken = true;
  await house.restart();
  await house.context.clock.advance(40_000);
  expect(house.plug().on).toBe(true);
  expect(house.phase()).toBe('idle');
});

test.each([
  ['with its timer', false],
  ['with a broken timer', true],
])('killed while the router is off, %s: the next start finishes it first', async (_name, isTimerBroken) => {
  const before = await startHouse();
  before.plug().isTimerBroken = isTimerBroken;
  await before.restart();
  before.kill();
  await before.context.clock.advance(5000);
  const after = await startHouse(routerConfig, before);
  expect(after.phase()).toBe('off');
  await after.context.clock.advance(30_000);
  expect(after.plug().on).toBe(true);
  expect(after.phase()).toBe('idle');
  expect(after.context.log.lines[0]).toMatch(/a restart was interrupted; it is finished now/);
});

test('two restarts at once are one', async () => {
  const house = await startHouse();
  await Promise.all([house.restart(), house.restart()]);
  await house.restart();
  expect(house.plug().told).toEqual(['cut 20']);
});

test('a plug that feeds the router is never left off: off restarts it, and by hand it is switched on again', async () => {
  const house = await startHouse();
  await house.switch(false);
  expect(house.plug().told).toEqual(['cut 20']);
  await house.context.clock.advance(30_000);
  expect(isOn(house)).toBe(true);
  house.plug().on = false;
  await house.context.clock.advance(15_000);
  expect(house.plug().on).toBe(true);
  expect(isOn(house)).toBe(true);
});

test('a plug like any other is switched on and off, but not while it restarts', async () => {
  const lamp = { type: 'shelly', name: 'Lamp', host: 'lamp.local', mayStayOff: true };
  const house = await startHouse({ plugs: [lamp] });
  await house.switch(false, 'lamp');
  await house.context.clock.advance(120_000);
  expect(house.plug('lamp').on).toBe(false);
  await house.switch(true, 'lamp');
  await house.restart('lamp');
  await expect(house.switch(false, 'lamp')).rejects.toMatchObject({ code: 'plug.busy' });
  await house.switch(true, 'lamp');
  expect(house.plug('lamp').told).toEqual(['off', 'on', 'cut 20']);
});

test('others may restart it only when it is proven, or when the owner takes the risk; a person always may', async () => {
  const house = await startHouse();
  await expect(house.restart('router', 'bus')).rejects.toMatchObject({ code: 'plug.unproven' });
  const [config] = parse(routerConfig).plugs;
  const proof = { fingerprint: fingerprintOf(config!), grade: 'A', verifiedAt: 1_767_225_600_000 } as const;
  await openProofs(house.context).store('router', proof);
  await house.restart('router', 'bus', 12);
  expect(house.plug().told).toEqual(['cut 12']);
  const daring = await startHouse({ plugs: [{ ...routerConfig.plugs[0], allowUnproven: true }] });
  await daring.restart('router', 'bus');
  expect(daring.plug().told).toEqual(['cut 20']);
});

test('what only this machine would switch on is switched on before it stops', async () => {
  const house = await startHouse();
  house.plug().grade = 'D';
  await house.restart();
  await house.house.stop();
  expect(house.plug().on).toBe(true);
});

test('figures: power, in use, and no news without a change', async () => {
  const house = await startHouse();
  house.plug().watts = 8.4;
  await house.context.clock.advance(15_000);
  expect(house.devices.state('router', 'switch')).toEqual({ on: true, inUse: true });
  expect(house.devices.state('router', 'measurement')?.values).toEqual({ power: 8.4 });
  const changes: DeviceChange[] = [];
  house.devices.subscribe((change) => changes.push(change));
  await house.context.clock.advance(600_000);
  expect(changes).toEqual([]);
});

test('a plug that is lost and found: not reachable after two readings in vain', async () => {
  const house = await startHouse();
  house.plug().trouble = 'silent';
  await house.context.clock.advance(15_000);
  expect(health(house)).toEqual({ ok: true });
  await house.context.clock.advance(15_000);
  expect(health(house)).toMatchObject({ ok: false, reachable: false });
  await house.context.clock.advance(600_000);
  house.plug().trouble = undefined;
  await house.context.clock.advance(15_000);
  expect(health(house)).toEqual({ ok: true });
  expect(house.context.log.lines.slice(1)).toEqual([
    'warn: Router does not answer. Is it plugged in, and is its address right?',
    'info: Router answers again. (after 10 min)',
  ]);
});

test('a quiet hour: the start line and nothing else', async () => {
  const house = await startHouse();
  await house.context.clock.advance(3_600_000);
  expect(house.context.log.lines).toEqual(['info: Router: Fake Plug, grade A (comes back by itself), not tested.']);
});

test('a stop leaves nothing waiting', async () => {
  const house = await startHouse();
  await house.restart();
  house.kill();
  await house.house.stop();
  await house.context.clock.advance(60_000);
  expect(house.context.clock.pending).toBe(0);
  expect(house.plug().isClosed).toBe(true);
});

test('a plug that feeds the router and does not obey is told again and again, and its owner once', async () => {
  const house = await startHouse();
  const plug = house.plug();
  plug.on = false;
  let orders = 0;
  plug.switch = async () => void (orders += 1);
  await house.context.clock.advance(150_000);
  expect(orders).toBeGreaterThan(5);
  const said = (): string[] => house.context.log.lines.filter((line) => line.includes('is off'));
  expect(said()).toHaveLength(1);
  plug.on = true;
  await house.context.clock.advance(15_000);
  plug.on = false;
  await house.context.clock.advance(15_000);
  expect(said()).toHaveLength(2);
});
