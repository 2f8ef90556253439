import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { until } from '@porchlight/core/testing';
import { startPhone, type Phone } from './support/phone.ts';
import { buildTower, type Client, type TestTower } from './support/tower.ts';

let phone: Phone;
let house: TestTower;

beforeEach(async () => {
  phone = await startPhone();
  house = await buildTower({ channels: [{ type: 'webhook', url: phone.url }] });
});
afterEach(async () => {
  await house.stop();
  phone.stop();
});

const titles = (): string[] => phone.messages.map(({ title }) => title);
const beat = (seq: number, more = {}) => ({ type: 'beat', seq, state: 'online', ...more });

/** Lets the homes beat every 15 s, `rounds` times. */
async function live(clients: readonly Client[], rounds: number, firstSeq = 1): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    await Promise.all(clients.map((client) => client.send(beat(firstSeq + round))));
    await house.check();
  }
}

async function twoHomes(): Promise<[Client, Client]> {
  const tokens = [await house.add('sea'), await house.add('hill')];
  await house.check();
  return [await house.connect(tokens[0]!), await house.connect(tokens[1]!)];
}

test('a home that falls silent is told of once, reminded of after five minutes, and its return is told', async () => {
  const [sea, hill] = await twoHomes();
  await live([sea, hill], 3);
  expect(titles()).toEqual([]);
  await live([hill], 6, 10);
  await until(() => phone.messages.length > 0);
  expect(titles()).toEqual(['Home sea is silent']);
  await live([hill], 20, 20);
  await until(() => phone.messages.length > 1);
  await expect(sea.closed).resolves.toBe(1006);
  const { status } = await house.post((await rotate('sea')) ?? '', 'I am alive');
  expect(status).toBe(204);
  await house.clock.advance(1_100);
  await until(() => phone.messages.length > 2);
  expect(titles()).toEqual(['Home sea is silent', 'Home sea is still silent', 'Home sea is back']);
  expect(phone.messages[2]!.text).toMatch(/It was silent for 7 min/);
});

/** A fresh token, known to the server. */
async function rotate(id: string): Promise<string> {
  const { createToken, hashToken } = await import('../src/token.ts');
  const token = createToken();
  await house.store.setToken(id, hashToken(token));
  await house.check();
  return token;
}

test('frames, posts and plain text are all beats', async () => {
  const token = await house.add('sea');
  await house.check();
  expect((await house.post(token, JSON.stringify(beat(7, { cause: 'dns-down' })))).status).toBe(204);
  expect((await house.post(token, ' I am alive\n')).status).toBe(204);
  const client = await house.connect(token);
  expect(client.welcome).toEqual({ type: 'welcome', seq: 7, graceSeconds: 60 });
  await client.send('I am ALIVE');
  await client.send(beat(8));
  expect(house.tower.counters.beats).toBe(4);
  await house.check();
  expect(await house.store.homes()).toMatchObject([{ id: 'sea', sequence: 8, said: 'online' }]);
});

test('an announced reboot is no alarm, and its end is awaited', async () => {
  const [sea, hill] = await twoHomes();
  await live([sea, hill], 2);
  await sea.send({ type: 'rebooting', seq: 100, backInSeconds: 240.000_123 });
  await live([hill], 18, 50);
  expect(titles()).toEqual([]);
  await live([hill], 4, 80);
  await until(() => phone.messages.length > 0);
  expect(titles()).toEqual(['Home sea is silent']);
  expect(phone.messages[0]!.text).toMatch(/It last said: rebooting/);
});

test('after a restart homes have time to return; one that was down stays down and is not told of again', async () => {
  const tokens = [await house.add('sea'), await house.add('hill'), await house.add('new')];
  await house.check();
  const first = [await house.connect(tokens[0]!), await house.connect(tokens[1]!)];
  await live(first, 1);
  await live([first[1]!], 5, 10);
  await until(() => phone.messages.length === 1);
  await house.restart();
  await expect(first[1]!.closed).resolves.toBe(1001);
  const hill = await house.connect(tokens[1]!);
  expect(hill.welcome.seq).toBe(14);
  await live([hill], 12, 20);
  expect(titles()).toEqual(['Home sea is silent']);
});

test('a home that was up before the restart and does not return is told of', async () => {
  const tokens = [await house.add('sea'), await house.add('hill')];
  await house.check();
  await live([await house.connect(tokens[0]!), await house.connect(tokens[1]!)], 2);
  await house.restart();
  await live([await house.connect(tokens[1]!)], 9, 20);
  await until(() => phone.messages.length > 0);
  expect(titles()).toEqual(['Home sea is silent']);
});

test('when all homes fall silent together, the watchtower says once that it lost its network', async () => {
  const [sea, hill] = await twoHomes();
  await live([sea, hill], 3);
  for (let round = 0; round < 40; round += 1) await house.check();
  await until(() => phone.messages.length > 0);
  expect(titles()).toEqual(['The watchtower lost its network']);
});

test('a message that cannot be delivered waits on the disk and goes out after a restart', async () => {
  phone.status = 503;
  const [sea, hill] = await twoHomes();
  await live([sea, hill], 2);
  await live([hill], 6, 10);
  await until(() => phone.messages.length > 0);
  phone.status = 200;
  const tried = phone.messages.length;
  await house.restart();
  await house.clock.advance(600_000);
  await until(() => phone.messages.length > tried);
  expect(titles().at(tried)).toBe('Home sea is silent');
  expect(await house.store.countWaiting()).toBeLessThanOrEqual(1);
});

test('a token that was replaced, and a home that was removed, are cut off', async () => {
  const [sea, hill] = await twoHomes();
  await rotate('sea');
  await expect(sea.closed).resolves.toBe(4001);
  await house.store.remove('hill');
  await house.check();
  await expect(hill.closed).resolves.toBe(4001);
});

test('while the database does not answer, homes are sent away, and health and log say so once', async () => {
  const token = await house.add('sea');
  await house.check();
  const sea = await house.connect(token);
  await house.store.close();
  await sea.send(beat(1));
  for (let round = 0; round < 4; round += 1) await house.check();
  await expect(sea.closed).resolves.toBe(1001);
  await expect(house.connect(token)).rejects.toThrow(/503/);
  const answer = await house.post(token, 'I am alive');
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '15']);
  const health = await fetch(`${house.url}/health`);
  expect([health.status, await health.text()]).toEqual([503, '{"ok":false}']);
  expect(house.log.lines.filter((line) => line.includes('The database'))).toHaveLength(1);
});
