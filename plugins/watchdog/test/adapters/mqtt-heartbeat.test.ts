// requires: mosquitto
import { afterEach, expect, test } from '@jest/globals';
import { createCaptureLog, createMemoryStorage, until } from '@porchlight/core/testing';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMosquitto, type Mosquitto } from '../../../../packages/bus/test/support/mosquitto.ts';
import { buildTower, type TestTower } from '../../../../packages/watchtower/test/support/tower.ts';
import { MqttHeartbeat } from '../../src/adapters/mqtt-heartbeat/client.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

const token = 'plw_of-this-home';

/** A broker with the access list of the example, and a watchtower that hears it. */
async function openTower(): Promise<{ broker: Mosquitto; tower: TestTower }> {
  const passwords = join(mkdtempSync(join(tmpdir(), 'porchlight-acl-')), 'passwd');
  writeFileSync(passwords, '', { mode: 0o600 });
  for (const user of ['watchtower', 'sea']) execFileSync('mosquitto_passwd', ['-b', passwords, user, token]);
  const files = {
    passwd: readFileSync(passwords, 'utf8'),
    acl: readFileSync(new URL('../../../../examples/watchtower/watchtower.acl', import.meta.url), 'utf8'),
  };
  const rules = ['allow_anonymous false', 'password_file %d/passwd', 'acl_file %d/acl'];
  const broker = await startMosquitto(rules, files);
  cleanUps.push(() => broker.stop());
  const tower = await buildTower({ mqtt: { url: broker.url, username: 'watchtower', password: token } });
  cleanUps.push(() => tower.stop());
  await tower.add('sea');
  await tower.check();
  return { broker, tower };
}

function beatTo(
  { broker, tower: { clock } }: { broker: Mosquitto; tower: TestTower },
  password = token,
  storage = createMemoryStorage(),
) {
  const log = createCaptureLog();
  const url = `mqtt://sea@127.0.0.1:${broker.port}`;
  const parts = { url, token: password, version: '0.1.0', clock, log, storage };
  const heartbeat = new MqttHeartbeat({ ...parts, signal: new AbortController().signal });
  heartbeat.show({ state: 'online', isConnected: true });
  cleanUps.push(() => heartbeat.stop());
  return { heartbeat, log };
}

const sea = async ({ store }: TestTower) => (await store.homes()).find(({ id }) => id === 'sea');
const beats = ({ tower }: TestTower): number => tower.counters.beats;

test('the watchtower hears a beat every 15 s, what it says, an announced reboot, and the loss of the connection', async () => {
  const { broker, tower } = await openTower();
  const { heartbeat, log } = beatTo({ broker, tower });
  // The watchtower subscribes when it likes: who beats before is not heard.
  await until(async () => {
    await tower.check();
    return beats(tower) > 2;
  });
  expect(await sea(tower)).toMatchObject({ said: 'online' });
  heartbeat.announceReboot(260);
  heartbeat.show({ state: 'rebooting', isConnected: false });
  await until(async () => {
    await tower.check();
    return ((await sea(tower))?.rebootUntil ?? 0) > 0;
  });
  const before = beats(tower);
  await tower.check();
  expect(beats(tower)).toBe(before);
  await heartbeat.stop();
  await until(async () => {
    await tower.check();
    return (await sea(tower))?.said === 'connection lost';
  });
  expect(tower.tower.counters.refused.replayed).toBe(0);
  expect(log.lines).toEqual([]);
});

test('a broker that goes away is found again, and said once; a recovery does not wait', async () => {
  const { broker, tower } = await openTower();
  const { heartbeat, log } = beatTo({ broker, tower });
  await until(async () => {
    await tower.check();
    return beats(tower) > 0;
  });
  await broker.kill();
  await until(() => log.lines.length === 1);
  await tower.clock.advance(60_000);
  expect(log.lines).toEqual(['warn: The broker of the watchtower is not reached.']);
  await broker.restart();
  heartbeat.reconnect();
  await until(() => log.lines.length === 2);
  expect(log.lines[1]).toMatch(/^info: The broker of the watchtower is reached again/);
});

test('a token that is refused is told, and is nowhere in the log', async () => {
  const { log } = beatTo(await openTower(), 'another-token');
  await until(() => log.lines.length > 0);
  expect(log.lines).toEqual(['warn: The broker of the watchtower is not reached: it refuses the token.']);
});

test('a clock that was a day ahead does not make the beats after a restart look like old ones', async () => {
  const house = await openTower();
  const { tower } = house;
  const storage = createMemoryStorage();
  const dayMs = 86_400_000;
  const hearMore = (): Promise<void> => {
    const before = beats(tower);
    return until(async () => {
      await tower.check();
      return beats(tower) > before + 1;
    });
  };
  tower.clock.jump(dayMs);
  const { heartbeat } = beatTo(house, token, storage);
  await hearMore();
  tower.clock.jump(-dayMs);
  await hearMore();
  await heartbeat.stop();
  beatTo(house, token, storage);
  await hearMore();
  expect(tower.tower.counters.refused.replayed).toBe(0);
});
