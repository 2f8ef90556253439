import { afterEach, expect, jest, test } from '@jest/globals';
import { PorchlightError } from '@porchlight/core';
import { buildContext } from '@porchlight/core/testing';
import { Session } from '../../src/adapters/session/client.ts';
import type { Tokens } from '../../src/ports.ts';
import { PersonalSignIn } from '../../src/adapters/account/personal.ts';
import { configFor, owner, startAccount, startService } from '../support/account.ts';

// Simulated hours take seconds, and more on a machine with other work.
jest.setTimeout(60_000);

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

const hourMs = 3_600_000;

function build(
  context = buildContext(),
  renew: (refresh: string) => Promise<Tokens> = async () => tokens(2, context.clock.now()),
) {
  const asked: string[] = [];
  const session = new Session({
    ...context,
    email: 'a@example.org',
    renew: (refresh) => {
      asked.push(refresh);
      return renew(refresh);
    },
  });
  return { context, session, asked };
}

function tokens(number: number, now: number): Tokens {
  return { access: `access-${number}`, refresh: `refresh-${number}`, obtainedAt: now, expiresAt: now + 4 * hourMs };
}

test('makes a hardware id of its own once and keeps it', async () => {
  const { context, session } = build();
  await session.load();
  expect(session.hardwareId).toMatch(/^[0-9a-f-]{36}$/);
  const { session: next } = build(buildContext({ storage: context.storage }));
  await next.load();
  expect(next.hardwareId).toBe(session.hardwareId);
  const { session: other } = build();
  await other.load();
  expect(other.hardwareId).not.toBe(session.hardwareId);
});

test('renews ahead of time, once for all who ask, and stores before it uses', async () => {
  const { context, session, asked } = build();
  await session.load();
  await session.adopt(tokens(1, context.clock.now()), 'a@example.org');
  expect(await session.access()).toBe('access-1');
  await context.clock.advance(3 * hourMs);
  expect(await Promise.all([session.access(), session.access(), session.access()])).toEqual([
    'access-2',
    'access-2',
    'access-2',
  ]);
  expect(asked).toEqual(['refresh-1']);
  expect(context.storage.files.get('session')).toContain('refresh-2');
  expect(context.storage.files.get('session')).not.toContain('renewingSince');
});

test('a fault at the renewal is harmless while the token lives, and is not repeated at once', async () => {
  const { context, session, asked } = build(undefined, async () => {
    throw new PorchlightError('blink.status', 'Blink answered 503 to token.');
  });
  await session.load();
  await session.adopt(tokens(1, context.clock.now()), 'a@example.org');
  await context.clock.advance(3 * hourMs);
  for (let turn = 0; turn < 10; turn += 1) expect(await session.access()).toBe('access-1');
  expect(asked).toHaveLength(1);
  await context.clock.advance(hourMs);
  await expect(session.access()).rejects.toMatchObject({ code: 'blink.status' });
  expect(session.isSignedIn).toBe(true);
});

test('a refresh token that is no longer valid leaves the access token its life', async () => {
  const { context, session } = build(undefined, async () => {
    throw new PorchlightError('blink.unauthorised', 'no');
  });
  await session.load();
  await session.adopt(tokens(1, context.clock.now()), 'a@example.org');
  await context.clock.advance(3 * hourMs);
  expect(await session.access()).toBe('access-1');
  expect([session.isRevoked, session.isSignedIn]).toEqual([true, true]);
  await context.clock.advance(hourMs);
  await expect(session.access()).rejects.toMatchObject({ code: 'blink.sign-in-needed' });
  expect(session.isSignedIn).toBe(false);
  await session.adopt(tokens(3, context.clock.now()), 'a@example.org');
  expect(await session.access()).toBe('access-3');
});

test('a token that is refused again and again is not renewed again and again', async () => {
  const { context, session, asked } = build();
  await session.load();
  await session.adopt(tokens(1, context.clock.now()), 'a@example.org');
  expect(await session.replace('access-1')).toBe('access-2');
  for (let turn = 0; turn < 5; turn += 1) expect(await session.replace('access-2')).toBe('access-2');
  expect(await session.replace('access-1')).toBe('access-2');
  expect(asked).toHaveLength(1);
});

test('killed between the answer and the disk, it renews at once at the next start', async () => {
  const { context, session } = build(undefined, () => new Promise(() => undefined));
  await session.load();
  await session.adopt(tokens(1, context.clock.now()), 'a@example.org');
  await context.clock.advance(3 * hourMs);
  void session.access();
  await context.clock.advance(0);
  expect(context.storage.files.get('session')).toContain('renewingSince');
  const { session: next, asked } = build(buildContext({ clock: context.clock, storage: context.storage }));
  await next.load();
  expect(await next.access()).toBe('access-2');
  expect(asked).toEqual(['refresh-1']);
});

test('what another process stored is used instead of an own renewal', async () => {
  const { context, session, asked } = build();
  await session.load();
  await session.adopt(tokens(1, context.clock.now()), 'a@example.org');
  const { session: page } = build(buildContext({ clock: context.clock, storage: context.storage }));
  await page.load();
  await context.clock.advance(3 * hourMs);
  await page.adopt(tokens(9, context.clock.now()), 'A@example.org');
  expect(await session.access()).toBe('access-9');
  expect(asked).toEqual([]);
});

test('the session of another account is not used', async () => {
  const { context, session } = build();
  await session.load();
  await session.adopt(tokens(1, context.clock.now()), 'b@example.org');
  const { session: next } = build(buildContext({ clock: context.clock, storage: context.storage }));
  await next.load();
  expect(next.isSignedIn).toBe(false);
  expect(next.hardwareId).toBe(session.hardwareId);
});

test('tokens that cannot be stored still work, and that is said', async () => {
  const context = buildContext();
  const files = context.storage.document.bind(context.storage);
  let isFull = false;
  context.storage.document = (name, schema, initial) => {
    const document = files(name, schema, initial);
    return {
      read: () => document.read(),
      write: async (value) => {
        if (isFull) throw new Error('no space left');
        await document.write(value);
      },
    };
  };
  const { session } = build(context);
  await session.load();
  isFull = true;
  await session.adopt(tokens(1, context.clock.now()), 'a@example.org');
  expect(await session.access()).toBe('access-1');
  expect(context.log.lines).toEqual([expect.stringMatching(/^error: The sign-in cannot be stored: no space left/)]);
});

test('a day of tokens of four hours needs one sign-in, and nobody notices', async () => {
  const context = buildContext();
  const blink = await startAccount(context);
  open.push(() => blink.close());
  const { pass, service } = await startService(blink, { localStorage: 'off' }, context);
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
  const { pass, service, events } = await startService(blink, { localStorage: 'off' }, context);
  open.push(() => service.stop());
  blink.oauth.expireAccess();
  blink.scenario.trigger(4001);
  await pass(30_000);
  expect(events).toHaveLength(1);
  blink.troubles.loseAnswer({ on: 'POST /oauth/token', times: 1 });
  await pass(4 * hourMs, 120_000);
  blink.scenario.trigger(4001);
  await pass(30_000);
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
  const { pass, service } = await startService(blink, { localStorage: 'off' }, context);
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
  const { pass, service, events } = await startService(blink, { localStorage: 'off' }, context);
  open.push(() => service.stop());
  blink.oauth.settings.refreshGraceMs = 0;
  blink.troubles.loseAnswer({ on: 'POST /oauth/token', times: 1 });
  await pass(5 * hourMs, 120_000);
  blink.scenario.trigger(4001);
  await pass(30_000);
  expect(events).toHaveLength(1);
  expect(service.devices.problem).toBeUndefined();
  expect(blink.log.count('POST /oauth/v2/signin')).toBe(2);
});
