import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createCaptureLog, until } from '@porchlight/core/testing';
import { WatchtowerHeartbeat } from '../../../plugins/watchdog/src/adapters/heartbeat/client.ts';
import { buildTower, type TestTower } from './support/tower.ts';

/** The real sender of the watchdog against the real watchtower. */

let house: TestTower;
let sender: WatchtowerHeartbeat | undefined;
const log = createCaptureLog();

beforeEach(async () => {
  house = await buildTower();
});
afterEach(async () => {
  await sender?.stop();
  await house.stop();
});

const beats = (): number => house.tower.counters.beats;

function send(token: string): WatchtowerHeartbeat {
  const url = `${house.url.replace('http', 'ws')}/beat`;
  sender = new WatchtowerHeartbeat({
    url,
    token,
    version: '1.2.3',
    clock: house.clock,
    log,
    signal: new AbortController().signal,
  });
  return sender;
}

test('beats, an announced reboot and a restart of the watchtower', async () => {
  const token = await house.add('sea');
  await house.check();
  const sea = send(token);
  sea.show({ state: 'online', isConnected: true });
  await until(() => beats() > 0);
  for (let round = 0; round < 10; round += 1) {
    const before = beats();
    await house.check();
    await until(() => beats() > before);
  }
  sea.announceReboot(240);
  await until(async () => {
    await house.clock.advance(15_000);
    return (await house.store.homes())[0]!.rebootUntil > house.clock.now();
  });
  const { sequence } = (await house.store.homes())[0]!;
  expect(sequence).toBeGreaterThan(10);
  await house.restart();
  await until(async () => {
    await house.clock.advance(1_000);
    return beats() > 1;
  });
  await house.check();
  expect((await house.store.homes())[0]!.sequence).toBeGreaterThan(sequence);
  expect(house.tower.counters.refused.replayed).toBe(0);
  expect(log.lines.filter((line) => line.startsWith('error'))).toEqual([]);
});

test('a sender with a wrong token is told so', async () => {
  send('plw_wrong-wrong-wrong');
  await until(() => log.lines.some((line) => line.includes('does not know the token')));
  expect(beats()).toBe(0);
});
