import { afterEach, expect, jest, test } from '@jest/globals';
import { buildContext } from '@porchlight/core/testing';
import { PersonalSignIn } from '../../src/adapters/account/personal.ts';
import { configFor, owner, startAccount, startService } from '../support/account.ts';

// Simulated hours take seconds, and more on a machine with other work.
jest.setTimeout(60_000);

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

const hourMs = 3_600_000;
/** Hours pass quickly where little is asked. */
const seldom = { localStorage: 'off', polling: { armedSeconds: 300, idleSeconds: 600, stateSeconds: 600 } };

test('a day of tokens of four hours needs one sign-in, and nobody notices', async () => {
  const context = buildContext();
  const blink = await startAccount(context);
  open.push(() => blink.close());
  const { pass, service } = await startService(blink, seldom, context);
  open.push(() => service.stop());
  for (const { id } of blink.account.networks) blink.scenario.arm(id, false);
  await pass(24 * hourMs, 120_000);
  expect(blink.log.count('POST /oauth/v2/signin')).toBe(1);
  expect(blink.log.count('POST /oauth/token')).toBeGreaterThan(6);
  expect(context.log.lines).toEqual(['info: Signed in to Blink.']);
  expect(service.devices.problem).toBeUndefined();
});

test('tokens that end early are renewed; a renewal whose answer is lost is repeated in time', async () => {
  const context = buildContext();
  const blink = await startAccount(context);
  open.push(() => blink.close());
  blink.oauth.settings.refreshGraceMs = 60 * 60_000;
  const { pass, service, events } = await startService(blink, seldom, context);
  open.push(() => service.stop());
  blink.oauth.expireAccess();
  blink.scenario.trigger(4001);
  await pass(400_000, 5000);
  expect(events).toHaveLength(1);
  blink.troubles.loseAnswer({ on: 'POST /oauth/token', times: 1 });
  await pass(4 * hourMs, 120_000);
  blink.scenario.trigger(4001);
  await pass(400_000, 5000);
  expect(events).toHaveLength(2);
  expect(service.devices.problem).toBeUndefined();
  expect(blink.log.count('POST /oauth/v2/signin')).toBe(1);
});

test('a revoked account is signed in again by itself once, and says so when that fails', async () => {
  const context = buildContext();
  const blink = await startAccount(context);
  open.push(() => blink.close());
  const page = new PersonalSignIn(configFor(blink), context);
  expect(await page.begin(owner)).toEqual({ type: 'done' });
  const { pass, service } = await startService(blink, seldom, context);
  open.push(() => service.stop());
  blink.account.twoFactor = '412';
  blink.oauth.revoke();
  await pass(hourMs / 2, 60_000);
  expect(service.devices.problem).toMatch(/Blink has sent a PIN/);
  expect(blink.oauth.messages).toHaveLength(1);
  expect(service.devices.list().length).toBeGreaterThan(5);
});

test('a renewal that is lost for good costs a sign-in, not the account', async () => {
  const context = buildContext();
  const blink = await startAccount(context);
  open.push(() => blink.close());
  const { pass, service, events } = await startService(blink, seldom, context);
  open.push(() => service.stop());
  blink.oauth.settings.refreshGraceMs = 0;
  blink.troubles.loseAnswer({ on: 'POST /oauth/token', times: 1 });
  await pass(5 * hourMs, 120_000);
  blink.scenario.trigger(4001);
  await pass(400_000, 5000);
  expect(events).toHaveLength(1);
  expect(service.devices.problem).toBeUndefined();
  expect(blink.log.count('POST /oauth/v2/signin')).toBe(2);
});

test.each([
  ['for a while', 60 * 60_000, 1],
  ['no longer', 0, 2],
])(
  'killed between the answer with new tokens and the disk, where Blink still takes the old ones %s: nothing is lost',
  async (_what, refreshGraceMs, signIns) => {
    const first = buildContext();
    const blink = await startAccount(first);
    open.push(() => blink.close());
    blink.oauth.settings.refreshGraceMs = refreshGraceMs;
    const { pass, service } = await startService(blink, seldom, first);
    open.push(() => service.stop());
    await pass(2.9 * hourMs, 120_000);
    // Blink has changed the tokens, and the process is gone before it hears of them.
    blink.troubles.loseAnswer({ on: 'POST /oauth/token', times: 1 });
    const asked = () => blink.log.count('POST /oauth/token');
    for (const before = asked(); asked() === before;) await pass(30_000, 10_000);
    first.abort();
    const next = buildContext({ clock: first.clock, storage: first.storage });
    const second = await startService(blink, seldom, next);
    open.push(() => second.service.stop());
    const rows = [blink.scenario.trigger(4001)];
    await second.pass(400_000, 5000);
    await second.pass(2 * hourMs, 120_000);
    rows.push(blink.scenario.trigger(4002));
    await second.pass(400_000, 5000);
    expect(second.events.map(({ id }) => id)).toEqual(rows.map((row) => `blink-${row?.id}`));
    expect(second.service.devices.problem).toBeUndefined();
    expect(blink.log.count('POST /oauth/v2/signin')).toBe(signIns);
  },
);
