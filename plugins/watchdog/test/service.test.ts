import { afterEach, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startHouse, type House } from './support/house.ts';

const withPlug = { device: 'smart-plug/router' };
const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

const health = (house: House) => house.service.devices.state('internet', 'health');
const events = (house: House): string[] =>
  house.changes.flatMap((change) => (change.type === 'event' ? [change.event.type] : []));

test('the shortest configuration watches and reboots nothing', async () => {
  const house = await startHouse();
  expect(house.status()).toBe('online');
  expect(house.service.devices.list().map(({ id }) => id)).toEqual(['internet', 'pause']);
  house.line.isUp = false;
  await house.pass(300);
  expect(house.status()).toBe('offline');
  expect(house.service.devices.state('internet', 'connectivity')).toMatchObject({ cause: 'wan' });
  house.line.isUp = true;
  await house.pass(30);
  expect(house.status()).toBe('online');
  expect(house.commands()).toEqual([]);
  expect(events(house)).toEqual(['outage', 'recovered']);
});

test('an outage: the plug is told once, off for its time, and the way back is told', async () => {
  const house = await startHouse(withPlug);
  await house.pass(150);
  house.line.isUp = false;
  await house.pass(75);
  expect(house.commands()).toEqual([
    { action: 'run', offSeconds: 20, reason: 'Watchdog: no internet behind the router' },
  ]);
  expect(house.status()).toBe('rebooting');
  expect(house.figures()).toMatchObject({ rebootsToday: 1, cause: 'wan' });
  await house.pass(60);
  house.line.isUp = true;
  await house.pass(30);
  expect(house.status()).toBe('online');
  expect(events(house)).toEqual(['outage', 'reboot', 'recovered']);
  expect(house.context.log.lines).toEqual([
    'warn: Internet: offline (no internet behind the router).',
    'info: Internet: restarting the router (no internet behind the router, number 1).',
    expect.stringMatching(/^info: Internet: back online. Offline for \d+ (s|min): .* restarted once\.$/),
  ]);
});

test('the budget is on the disk before the plug hears of it', async () => {
  const house = await startHouse(withPlug);
  let kept = '';
  house.context.bus.onCommand = () => void (kept = house.context.storage.files.get('watchdog') ?? '');
  await house.pass(150);
  house.line.isUp = false;
  await house.pass(75);
  expect(JSON.parse(kept)).toMatchObject({ state: { phase: 'rebooting', outage: { reboots: 1 } } });
});

test('what cannot be written down is not done', async () => {
  const house = await startHouse(withPlug);
  await house.pass(150);
  house.context.storage.files.set = () => {
    throw new Error('no space left on device');
  };
  house.line.isUp = false;
  await house.pass(120);
  expect(house.commands()).toEqual([]);
  expect(house.context.log.lines).toContainEqual(expect.stringContaining('cannot be kept: no space left on device'));
});

test('an outage that no reboot mends: three reboots, one message, and watched on', async () => {
  const house = await startHouse(withPlug);
  await house.pass(150);
  house.line.isUp = false;
  await house.pass(24 * 3600);
  expect(house.commands()).toHaveLength(3);
  expect(house.context.log.lines.filter((line) => line.startsWith('error'))).toHaveLength(1);
  expect(health(house)).toEqual({
    ok: false,
    problem: 'The router was restarted 3 times without success; look at the line.',
  });
  house.line.isUp = true;
  await house.pass(30);
  expect(house.status()).toBe('online');
  expect(health(house)).toEqual({ ok: true });
});

test('kill -9 in the middle: the reboot is not done again, and the budget is what it was', async () => {
  const first = await startHouse(withPlug);
  await first.pass(150);
  first.line.isUp = false;
  first.context.bus.onCommand = () => new Promise(() => undefined);
  await first.pass(75);
  expect(first.commands()).toHaveLength(1);
  // Nobody stops it: it is gone, and what counts is the disk.
  first.context.abort();
  const second = await startHouse(withPlug, first);
  expect(second.status()).toBe('rebooting');
  await second.pass(240);
  expect(second.commands()).toEqual([]);
  await second.pass(24 * 3600);
  expect(second.commands()).toHaveLength(2);
});

test('the clock of the wall may jump a day in any direction', async () => {
  const house = await startHouse(withPlug);
  await house.pass(150);
  house.line.isUp = false;
  await house.pass(30);
  house.context.clock.jump(86_400_000);
  expect(house.commands()).toEqual([]);
  await house.pass(45);
  expect(house.commands()).toHaveLength(1);
  house.context.clock.jump(-2 * 86_400_000);
  await house.pass(300);
  expect(house.commands()).toHaveLength(1);
  house.line.isUp = true;
  await house.pass(30);
  expect(Number(house.figures()['lastOutageSeconds'])).toBeLessThan(500);
});

test('checks that are broken themselves are a fault, not an outage', async () => {
  const house = await startHouse(withPlug);
  await house.pass(150);
  house.line.outcome = { ok: false, why: 'broken', problem: 'missing cap_net_raw' };
  await house.pass(600);
  expect(house.status()).toBe('unknown');
  expect(health(house)?.problem).toContain('a: missing cap_net_raw');
  expect(house.commands()).toEqual([]);
});

test('a sensor per group tells which of them is silent', async () => {
  const house = await startHouse({ groupSensors: true });
  house.line.isRouterUp = false;
  await house.pass(60);
  const status = (id: string) => house.service.devices.state(id, 'connectivity')?.status;
  expect(['internet-addresses', 'internet-names', 'internet-router', 'internet-web'].map(status)).toEqual([
    'online',
    'online',
    'offline',
    'unknown',
  ]);
});

test('a message goes out after the recovery: what, how long, what was done', async () => {
  const received: { title: string; text: string }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      received.push(JSON.parse(body));
      response.end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUps.push(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const house = await startHouse({ ...withPlug, notifications: { channels: [{ type: 'webhook', url }] } });
  await house.pass(150);
  house.line.isUp = false;
  await house.pass(120);
  house.line.isUp = true;
  await house.pass(30);
  const end = performance.now() + 5_000;
  while (received.length === 0 && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(received).toHaveLength(1);
  expect(JSON.stringify(received[0])).toMatch(
    /Back online\. Offline for .*: no internet behind the router\. The router was restarted once\./,
  );
});

test('an uneventful hour says nothing, also after a restart by hand', async () => {
  const house = await startHouse(withPlug);
  await house.service.devices.command({ device: 'router', capability: 'power-cycle' }, { action: 'run' }, 'homekit');
  await house.pass(300);
  const said = house.context.log.lines.length;
  await house.pass(3600);
  expect(house.context.log.lines).toHaveLength(said);
  const count = house.changes.length;
  house.context.clock.jump(1);
  await house.pass(45);
  // A jump of the wall clock is no news.
  expect(
    house.changes.slice(count).every((change) => change.type === 'state' && change.capability === 'measurement'),
  ).toBe(true);
  expect(house.figures()).toMatchObject({ phase: 'online', latencyMs: 12.3, lossPercent: 0 });
  expect(house.figures()['uptimePercent']).toBeGreaterThan(98);
});

test('stops at once, also in the middle of a reboot, and leaves nothing behind', async () => {
  const house = await startHouse({ ...withPlug, pushes: [{ url: 'http://127.0.0.1:9/' }] });
  await house.pass(150);
  house.line.isUp = false;
  house.context.bus.onCommand = () => new Promise(() => undefined);
  await house.pass(75);
  house.context.abort();
  await house.service.stop();
  await house.service.stop();
  await house.pass(0);
  expect(house.context.clock.pending).toBe(0);
});

test('the time of the last restart is put right with the clock of the wall', async () => {
  const house = await startHouse(withPlug);
  await house.service.devices.command({ device: 'router', capability: 'power-cycle' }, { action: 'run' }, 'homekit');
  const last = (): number => house.service.devices.state('router', 'power-cycle')?.last ?? 0;
  const before = last();
  house.context.clock.jump(7_200_000);
  await house.pass(15);
  expect(last()).toBe(before + 7_200_000);
});
