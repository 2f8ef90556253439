import { afterEach, expect, jest, test } from '@jest/globals';
import type { ServiceCommand } from '@porchlight/core';
import { createFileStorage } from '@porchlight/core/node';
import { buildContext, until, type FakeContext } from '@porchlight/core/testing';
import type { Blink } from '@porchlight/simulators';
import { mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commands } from '../../src/service.ts';
import { configFor, owner, startAccount, startService, type Running } from '../support/account.ts';

// Simulated hours take seconds, and more on a machine with other work.
jest.setTimeout(60_000);

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

const isSignedIn = ({ service }: Running) => service.devices.list().length > 1;

/** The command line beside a service, with real time and a folder. */
async function runCommand(
  name: string,
  blink: Blink,
  options: { folder: string; answers?: string[]; args?: string[]; raw?: object },
) {
  const lines: string[] = [];
  const { answers = [], args = [], folder, raw = {} } = options;
  const { broker: _broker, ...config } = configFor(blink, raw);
  const command = commands.find((one) => one.name === name) as ServiceCommand;
  const code = await command.run({
    config,
    folder,
    args,
    print: (line) => void lines.push(line),
    ask: async () => answers.shift() ?? '',
    signal: new AbortController().signal,
  });
  return { code, lines };
}

/** Makes the machine's wall clock show the fake time, as two processes of one machine agree on it. */
function liveBy({ clock }: FakeContext): () => void {
  const real = Date.now;
  Date.now = () => clock.now();
  return () => void (Date.now = real);
}

const newFolder = () => mkdtempSync(join(tmpdir(), 'porchlight-blink-'));

test('"login" signs in at a terminal, "status" says so, and the tokens are for the owner only', async () => {
  const context = buildContext();
  const blink = await startAccount(context);
  open.push(() => blink.close());
  blink.account.twoFactor = '412';
  const folder = newFolder();
  expect(await runCommand('status', blink, { folder })).toEqual({ code: 1, lines: ['Not signed in: run "login".'] });
  const { code, lines } = await runCommand('login', blink, { folder, answers: ['000000', '123456'] });
  expect(lines.at(-1)).toBe('Signed in.');
  expect(code).toBe(0);
  expect(await runCommand('status', blink, { folder })).toEqual({
    code: 0,
    lines: ['Signed in as owner@example.com.'],
  });
  const file = join(folder, 'blink/session.json');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const { access, refresh } = (
    JSON.parse(readFileSync(file, 'utf8')) as { tokens: { access: string; refresh: string } }
  ).tokens;
  expect(lines.join('\n')).not.toContain(access);
  expect(lines.join('\n')).not.toContain(refresh);
  expect(lines.join('\n')).not.toContain('correct horse');
});

test('"login" says what is wrong: password, configuration, budget', async () => {
  const blink = await startAccount(buildContext());
  open.push(() => blink.close());
  const folder = newFolder();
  const raw = { password: 'wrong' };
  expect(await runCommand('login', blink, { folder, raw })).toMatchObject({
    code: 1,
    lines: [expect.stringMatching(/check e-mail/)],
  });
  expect(await runCommand('login', blink, { folder })).toMatchObject({
    code: 1,
    lines: [expect.stringMatching(/has to wait until/)],
  });
  expect(blink.log.count('POST /oauth/v2/signin')).toBe(1);
});

test('a PIN entered at a terminal reaches the service that waits for it: one PIN is sent', async () => {
  const folder = newFolder();
  const context = { ...buildContext(), storage: undefined as never };
  const storage = createFileStorage(join(folder, 'blink'), context.log);
  const blink = await startAccount(context);
  open.push(() => blink.close());
  blink.account.twoFactor = '412';
  const own = { ...context, storage: Object.assign(storage, { files: new Map() }) };
  const running = await startService(blink, {}, own);
  open.push(() => running.service.stop());
  const over = new AbortController();
  // The service lives on the fake clock, the terminal on the real one.
  const time = (async () => {
    while (!over.signal.aborted) {
      await running.pass(2000);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  const raw = { email: owner.email };
  const restoreTime = liveBy(running.context);
  try {
    const wrong = await runCommand('login', blink, { folder, raw, answers: ['000000'] });
    expect(wrong).toMatchObject({
      code: 1,
      lines: [expect.any(String), expect.stringMatching(/The PIN was not taken/)],
    });
    const right = await runCommand('login', blink, { folder, raw, answers: ['123456'] });
    expect(right.lines.at(-1)).toBe('Signed in.');
    await until(() => isSignedIn(running));
  } finally {
    restoreTime();
    over.abort();
    await time;
  }
  expect(blink.oauth.messages).toHaveLength(1);
});

test('who signs in elsewhere is noticed by a service that has no password', async () => {
  const folder = newFolder();
  const base = buildContext();
  const storage = Object.assign(createFileStorage(join(folder, 'blink'), base.log), { files: new Map() });
  const context = { ...base, storage };
  const blink = await startAccount(context);
  open.push(() => blink.close());
  const running = await startService(blink, { password: '' }, context);
  open.push(() => running.service.stop());
  expect(running.service.devices.problem).toMatch(/has to be signed in/);
  const restoreTime = liveBy(context);
  await runCommand('login', blink, { folder }).finally(restoreTime);
  await until(async () => {
    await running.pass(2000);
    return isSignedIn(running);
  });
});

test('"clips" saves the films of the last hours, once', async () => {
  const context = buildContext(undefined);
  const blink = await startAccount({ ...context, clock: { ...context.clock, now: () => Date.now() } });
  open.push(() => blink.close());
  blink.scenario.uploadMs = 0;
  blink.account.twoFactor = 'none';
  const folder = newFolder();
  const raw = { clips: { folder: join(folder, 'films') } };
  expect(await runCommand('clips', blink, { folder, args: ['0'] })).toMatchObject({ code: 2 });
  expect(await runCommand('clips', blink, { folder, raw })).toMatchObject({
    code: 1,
    lines: [expect.stringMatching(/signed in/)],
  });
  await runCommand('login', blink, { folder });
  blink.scenario.trigger(4001, 'pir', { clipSeconds: 0 });
  blink.scenario.trigger(4002, 'liveview', { clipSeconds: 0 });
  blink.scenario.trigger(4003, 'pir', { clipSeconds: 0 });
  blink.commands.durationMs = 0;
  const first = await runCommand('clips', blink, { folder, raw, args: ['2'] });
  expect(first).toMatchObject({
    code: 0,
    lines: [
      expect.stringMatching(/Yard motion \d+\.mp4$/),
      expect.stringMatching(/Shed motion usb-2002-\d+\.mp4$/),
      '2 of 2 films are there.',
    ],
  });
  expect(await runCommand('clips', blink, { folder, raw, args: ['2'] })).toEqual({
    code: 0,
    lines: ['2 of 2 films are there.'],
  });
  expect(readdirSync(join(folder, 'films'))).toHaveLength(2);
});
