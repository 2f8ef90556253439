import { expect, test } from '@jest/globals';
import { buildContext, createMemoryStorage } from '@porchlight/core/testing';
import { commission } from '../../src/adapters/commission/client.ts';
import { openProofs } from '../../src/adapters/proofs/client.ts';
import { FakePlug } from '../support/fake-plug.ts';
import { startHouse } from '../support/house.ts';
import { plugConfig } from '../support/plugs.ts';

const config = plugConfig({ type: 'shelly', host: 'plug.local', offSeconds: 10 });

async function begin(change: (plug: FakePlug) => void = () => undefined, storage = createMemoryStorage()) {
  const { clock } = buildContext();
  const port = new FakePlug(clock);
  change(port);
  const stop = new AbortController();
  const lines: string[] = [];
  const proofs = openProofs({ storage });
  const print = (line: string): void => void lines.push(line);
  const running = commission({ config, port, proofs, clock, signal: stop.signal, print });
  running.catch(() => undefined);
  return { clock, port, proofs, lines, running, stop };
}

test('a plug that comes back by itself passes, and nothing is said to it in between', async () => {
  const { clock, port, proofs, running } = await begin();
  await clock.advance(60_000);
  expect(await running).toMatchObject({ passed: true });
  expect(port.told).toEqual(['cut 10']);
  expect(await proofs.find('router')).toMatchObject({ grade: 'A', verifiedAt: clock.now() - 60_000 + 12_500 });
  expect(await proofs.isTested('router', clock.now())).toBe(false);
});

test('a plug that is off at first is switched on', async () => {
  const { clock, port, running } = await begin((plug) => (plug.on = false));
  await clock.advance(60_000);
  await running;
  expect(port.told).toEqual(['on', 'cut 10']);
});

test('a timer that fails is found out, the plug is brought back, nothing is stored', async () => {
  const { clock, port, proofs, running } = await begin((plug) => (plug.isTimerBroken = true));
  await clock.advance(60_000);
  expect(await running).toMatchObject({ passed: false, text: expect.stringContaining('did not come back by itself') });
  expect(port.on).toBe(true);
  expect(await proofs.find('router')).toBeUndefined();
});

test('a plug without a timer is verified as what it is', async () => {
  const { clock, proofs, running } = await begin((plug) => (plug.grade = 'D'));
  await clock.advance(60_000);
  expect(await running).toMatchObject({ passed: true, text: expect.stringContaining('cannot work') });
  expect(await proofs.find('router')).toMatchObject({ grade: 'D' });
});

test('an interrupted test leaves the plug on', async () => {
  const { clock, port, stop, running } = await begin((plug) => (plug.isTimerBroken = true));
  await clock.advance(2000);
  stop.abort(new Error('interrupted'));
  await clock.advance(30_000);
  await expect(running).rejects.toThrow('interrupted');
  expect(port.on).toBe(true);
});

test('the running service keeps its hands off a plug that is being tested', async () => {
  const house = await startHouse();
  const { clock } = house.context;
  await openProofs(house.context).announce('router', clock.now() + 40_000);
  house.plug().on = false;
  await clock.advance(30_000);
  expect(house.plug().told).toEqual([]);
  await clock.advance(30_000);
  expect(house.plug().told).toEqual(['on']);
});
