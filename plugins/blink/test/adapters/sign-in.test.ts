import { afterEach, expect, jest, test } from '@jest/globals';
import { buildContext, until, type FakeContext } from '@porchlight/core/testing';
import type { Blink } from '@porchlight/simulators';
import { PersonalSignIn } from '../../src/adapters/account/personal.ts';
import { pinTopicOf } from '../../src/adapters/account/pin-topic.ts';
import { configFor, owner, startAccount, startService, type Running } from '../support/account.ts';

// Simulated hours take seconds, and more on a machine with other work.
jest.setTimeout(60_000);

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

async function play(raw: object = {}, prepare: (blink: Blink) => void = () => undefined, context = buildContext()) {
  const blink = await startAccount(context);
  open.push(() => blink.close());
  blink.account.twoFactor = '412';
  prepare(blink);
  const running = await startService(blink, raw, context);
  open.push(() => running.service.stop());
  return { ...running, blink };
}

const sendPin = ({ context }: { context: FakeContext }, text: string, retained = false) =>
  context.bus.receive({ topic: pinTopicOf('porchlight'), payload: Buffer.from(text), retained });

const isSignedIn = ({ service }: Running) => service.devices.list().length > 1;

test.each(['412', '202'] as const)('after a %s the PIN comes over MQTT', async (twoFactor) => {
  const running = await play({}, (blink) => (blink.account.twoFactor = twoFactor));
  const { blink, service, context, pass } = running;
  expect(service.devices.problem).toMatch(/^Blink has sent a PIN to .*34: enter it in the settings/);
  expect(context.log.lines).toHaveLength(1);
  sendPin(running, blink.account.pin, true);
  sendPin(running, 'no pin');
  await pass(1000);
  expect(isSignedIn(running)).toBe(false);
  sendPin(running, '{"pin": "123456"}');
  await pass(5000);
  expect(isSignedIn(running)).toBe(true);
  expect(service.devices.problem).toBeUndefined();
  expect(blink.oauth.messages).toHaveLength(1);
});

test('three wrong PINs end the sign-in; no further PIN is sent by itself that day', async () => {
  const running = await play();
  const { blink, service, context, pass } = running;
  for (const pin of ['000001', '000002', '000003', '000004']) {
    sendPin(running, pin);
    await pass(1000);
  }
  expect(service.devices.problem).toMatch(/has to be signed in/);
  await pass(12 * 3_600_000, 600_000);
  expect(blink.oauth.messages).toHaveLength(1);
  expect(blink.oauth.settings.locked).toBe(false);
  expect(context.log.lines.join('\n')).not.toMatch(/00000\d|correct horse/);
});

test('neither restarts nor wrong passwords lock the account', async () => {
  const context = buildContext();
  const { blink, service, pass } = await play({ password: 'wrong' }, undefined, context);
  expect(service.devices.problem).toMatch(/check e-mail and password/);
  await pass(10_000);
  await service.stop();
  for (let restart = 0; restart < 8; restart += 1) {
    const next = await startService(
      blink,
      { password: 'wrong' },
      buildContext({ clock: context.clock, storage: context.storage }),
    );
    await next.pass(4 * 3_600_000, 3_600_000);
    await next.service.stop();
  }
  expect(blink.log.count('POST /oauth/v2/signin')).toBeLessThanOrEqual(3);
  expect(blink.oauth.settings.locked).toBe(false);
});

test('a cloud that is away at the start is tried again, without using up the sign-in', async () => {
  const running = await play({}, (blink) => {
    blink.account.twoFactor = 'none';
    blink.troubles.reset();
  });
  expect(running.service.devices.problem).toMatch(/cannot be reached/);
  await running.pass(300_000, 5000);
  running.blink.troubles.clear();
  await running.pass(600_000, 5000);
  expect(isSignedIn(running)).toBe(true);
});

test.each([
  ['notAcceptable', /look for an update of the plugin/],
  ['updateRequired', /newer client/],
  ['tooManyRequests', /less often/],
  ['html', /not understood/],
  ['empty', /not understood/],
] as const)('%s at the sign-in is explained', async (trouble, problem) => {
  const { service } = await play({}, (blink) => blink.troubles[trouble]({ on: '/oauth' }));
  expect(service.devices.problem).toMatch(problem);
});

test('the identity can be changed by the configuration', async () => {
  const api = { identity: [{ name: 'app_version', value: '60.0' }] };
  const { blink } = await play({ api });
  const begun = blink.http.requests.find(({ url }) => url.pathname === '/oauth/v2/authorize');
  expect(begun?.url.searchParams.get('app_version')).toBe('60.0');
  expect(begun?.url.searchParams.get('hardware_id')).toMatch(/^[0-9a-f-]{36}$/);
});

test('a PIN that was right is good for another try when the connection breaks after it', async () => {
  const running = await play();
  running.blink.troubles.reset({ on: 'POST /oauth/token', times: 1 });
  sendPin(running, '123456');
  await running.pass(2000);
  expect(isSignedIn(running)).toBe(false);
  sendPin(running, '123456');
  await running.pass(5000);
  expect(isSignedIn(running)).toBe(true);
  expect(running.blink.oauth.messages).toHaveLength(1);
});

test('a sign-in that ends later is told of again', async () => {
  const running = await play();
  const { blink, context, pass } = running;
  sendPin(running, '123456');
  await pass(5000);
  blink.oauth.revoke();
  blink.oauth.expireAccess();
  context.clock.jump(48 * 3_600_000);
  await pass(120_000);
  expect(context.log.lines.filter((line) => line.startsWith('warn: Blink has sent a PIN'))).toHaveLength(2);
});

test('in the settings page, too, three wrong PINs end the sign-in', async () => {
  const context = buildContext();
  const blink = await startAccount(context);
  open.push(() => blink.close());
  blink.account.twoFactor = '412';
  const page = new PersonalSignIn(configFor(blink), context);
  await page.begin(owner);
  for (const pin of ['000001', '000002', '000003']) {
    await expect(page.enterPin(pin)).rejects.toMatchObject({ code: 'blink.pin-wrong' });
  }
  await expect(page.enterPin('000004')).rejects.toMatchObject({ code: 'blink.pin-not-wanted' });
  expect(blink.log.count('2fa/verify')).toBe(3);
});

test('what was said of a wrong PIN is not taken for the answer to the next one', async () => {
  const { blink, context } = await play();
  const page = new PersonalSignIn(configFor(blink), context);
  const enter = async (pin: string): Promise<string> => {
    let outcome = '';
    page.enterPin(pin).then(
      () => (outcome = 'signed in'),
      (error: Error) => (outcome = error.message),
    );
    await until(async () => {
      await context.clock.advance(250);
      return outcome !== '';
    });
    return outcome;
  };
  expect(await enter('000000')).toMatch(/does not accept this PIN/);
  // Blink thinks about it for longer than the page looks again.
  blink.troubles.slow(500, { on: '2fa/verify' });
  expect(await enter('123456')).toBe('signed in');
});

test('a PIN that comes after its sign-in has run out is told so, and the way to a new one is free', async () => {
  const running = await play();
  const { blink, context, pass } = running;
  await pass(20 * 60_000, 60_000);
  sendPin(running, '123456');
  await pass(3000);
  expect(context.log.lines).toContainEqual(expect.stringMatching(/^warn: .*is over: begin a new one/));
  const page = new PersonalSignIn(configFor(blink), context);
  expect(await page.status()).toMatchObject({ phase: 'signed-out' });
  expect(await page.begin(owner)).toMatchObject({ type: 'pin-wanted' });
  await page.enterPin('123456');
  await pass(5000);
  expect(isSignedIn(running)).toBe(true);
});
