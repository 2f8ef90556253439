import { afterEach, expect, test } from '@jest/globals';
import { createCaptureLog, freePort, until } from '@porchlight/core/testing';
import { startPhone } from '../../../../packages/watchtower/test/support/phone.ts';
import { buildTower, type TestTower } from '../../../../packages/watchtower/test/support/tower.ts';
import { WatchtowerHeartbeat } from '../../src/adapters/heartbeat/client.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

/** A real watchtower, its phone, and the heartbeat of a home, all on one clock. */
async function openHome() {
  const phone = await startPhone();
  cleanUps.push(() => phone.stop());
  const tower = await buildTower({
    listen: { port: await freePort() },
    channels: [{ type: 'webhook', url: phone.url }],
  });
  cleanUps.push(() => tower.stop());
  const token = await tower.add('sea');
  const other = await tower.add('hill');
  await tower.check();
  const log = createCaptureLog();
  const parts = { clock: tower.clock, log, signal: new AbortController().signal, version: '0.1.0', token };
  const heartbeat = new WatchtowerHeartbeat({ ...parts, url: `${tower.url.replace('http', 'ws')}/beat` });
  heartbeat.show({ state: 'online', isConnected: true });
  cleanUps.push(() => heartbeat.stop());
  await until(() => tower.tower.counters.beats === 1);
  return { phone, tower, log, heartbeat, other };
}

/** So many times 15 s; another home is heard all the while, or the watchtower would doubt its own network. */
async function pass(tower: TestTower, other: string, rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    await tower.post(other, 'I am alive');
    await tower.clock.advance(15_000);
  }
}

test('the watchtower takes the beats of the watchdog, and knows of a reboot that was announced', async () => {
  const { phone, tower, heartbeat, other, log } = await openHome();
  for (let count = 2; count < 6; count += 1) {
    await pass(tower, other, 1);
    await until(() => tower.tower.counters.beats === 2 * count - 1);
  }
  expect(await tower.store.homes()).toContainEqual(expect.objectContaining({ id: 'sea', said: 'online' }));
  expect(log.lines).toEqual([]);
  heartbeat.announceReboot(260);
  heartbeat.show({ state: 'rebooting', isConnected: false });
  await until(() => tower.tower.counters.beats === 10);
  await pass(tower, other, 16);
  expect(phone.messages).toEqual([]);
  await pass(tower, other, 10);
  await until(() => phone.messages.length > 0);
  expect(phone.messages[0]?.title).toBe('Home sea is silent');
});

test('after a restart of the watchtower the beats go on where they were', async () => {
  const { phone, tower, other, log } = await openHome();
  await pass(tower, other, 2);
  await tower.restart();
  await until(() => log.lines.length === 1);
  await until(async () => {
    await tower.clock.advance(1_000);
    return tower.tower.counters.beats > 0;
  });
  expect(log.lines.at(-1)).toMatch(/^info: The watchtower is reached again/);
  await pass(tower, other, 8);
  expect(phone.messages).toEqual([]);
});
