import { expect, test } from '@jest/globals';
import { PorchlightError } from '@porchlight/core';
import { buildContext } from '@porchlight/core/testing';
import { Session } from '../../src/adapters/session/client.ts';
import type { Tokens } from '../../src/ports.ts';

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

test('tokens that cannot be stored are renewed from memory, not from what the disk still holds', async () => {
  const context = buildContext();
  const { session: before } = build(context);
  await before.load();
  await before.adopt(tokens(1, context.clock.now()), 'a@example.org');
  let number = 1;
  const { session, asked } = build(context, async () => tokens((number += 1), context.clock.now()));
  await session.load();
  context.storage.files.set = () => {
    throw new Error('no space left');
  };
  for (const access of ['access-2', 'access-3', 'access-4']) {
    await context.clock.advance(3.5 * hourMs);
    expect(await session.access()).toBe(access);
  }
  expect(asked).toEqual(['refresh-1', 'refresh-2', 'refresh-3']);
});
