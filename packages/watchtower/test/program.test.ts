import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { until } from '@porchlight/core/testing';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '../src/program.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'porchlight-watchtower-'));
  file = join(folder, 'watchtower.json');
  await writeFile(file, '{"listen":{"port":0}}');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function run(args: string[], parts: { env?: Record<string, string>; signal?: AbortSignal; out?: string[] } = {}) {
  const out = parts.out ?? [];
  const errors: string[] = [];
  const { env = {}, signal = new AbortController().signal } = parts;
  const code = await runProgram(['--config', file, ...args], {
    print: (line) => void out.push(line),
    printError: (line) => void errors.push(line),
    signal,
    env,
  });
  return { code, out, errors: errors.join('\n') };
}

test('homes are added, listed, given new tokens and removed', async () => {
  const added = await run(['homes', 'add', 'seaside', '--name', 'Sea side', '--grace', '90']);
  expect(added).toMatchObject({ code: 0, out: ['Added seaside. Its token, shown this once:', expect.anything()] });
  expect(added.out[1]).toMatch(/^plw_[\w-]{43}$/);
  const list = await run(['homes', 'list', '--json']);
  expect(JSON.parse(list.out[0]!)).toMatchObject({ id: 'seaside', status: 'unknown', graceSeconds: 90 });
  expect(await run(['homes', 'change', 'seaside', '--grace', '300'])).toMatchObject({
    code: 0,
    out: ['Changed seaside.'],
  });
  const changed = await run(['homes', 'list', '--json']);
  expect(JSON.parse(changed.out[0]!)).toMatchObject({ name: 'Sea side', graceSeconds: 300 });
  const rotated = await run(['homes', 'rotate-token', 'seaside']);
  expect(rotated.out[1]).not.toBe(added.out[1]);
  const database = await readFile(join(folder, 'watchtower.sqlite'), 'latin1');
  expect(database).not.toContain(rotated.out[1]!.slice(4, 20));
  expect((await stat(join(folder, 'watchtower.sqlite'))).mode & 0o077).toBe(0);
  expect((await run(['homes', 'remove', 'seaside'])).code).toBe(0);
  expect((await run(['homes', 'list'])).out[0]).toMatch(/^No homes yet/);
});

test.each([
  [['homes', 'add', 'Sea side'], 1, /cannot be an id/],
  [['homes', 'add', 'sea', '--grace', '5'], 1, /from 45 to 86400/],
  [['homes', 'add', 'sea', '--channel', 'phone'], 1, /no channel "phone".*known: none/],
  [['homes', 'remove', 'sea'], 1, /There is no home "sea"/],
  [['homes', 'change', 'sea', '--name', 'Sea'], 1, /There is no home "sea"/],
  [['homes', 'change', 'sea', '--grace', 'long'], 1, /from 45 to 86400/],
  [['homes', 'rotate-token', 'sea'], 1, /There is no home "sea"/],
  [['homes', 'paint', 'sea'], 2, /unknown command/],
  [['homes', 'add'], 2, /missing required argument/],
])('%j fails with a remedy', async (args, code, text) => {
  const result = await run(args);
  expect(result.code).toBe(code);
  expect(result.errors).toMatch(text);
});

test('an id is taken once', async () => {
  await run(['homes', 'add', 'sea']);
  expect(await run(['homes', 'add', 'sea'])).toMatchObject({ code: 1, errors: 'There is a home "sea" already.' });
});

test.each([
  ['not JSON', '{', /watchtower.json: .*JSON/],
  ['a list', '[]', /must be a group/],
  ['a wrong port', '{"listen":{"port":"80"}}', /listen.port: must be a number without quotes/],
  ['a grace too short', '{"graceSeconds":30}', /graceSeconds: must be at least 45/],
  ['reminders too often', '{"reminderMinutes":1}', /reminderMinutes: must be at least 5/],
  ['a place that is no time zone', '{"timeZone":"Atlantis"}', /timeZone: must be a time zone such as/],
  ['a short password', '{"page":{"password":"geheim"}}', /page.password: .*at least 12/],
  [
    'two channels of one name',
    '{"channels":[{"type":"webhook","url":"https://a.b"},{"type":"webhook","url":"https://a.c"}]}',
    /channels: have the same name twice/,
  ],
])('a configuration with %s is refused and says how to mend it', async (_name, text, problem) => {
  await writeFile(file, text);
  const { code, errors } = await run(['serve']);
  expect(code).toBe(2);
  expect(errors).toMatch(problem);
  expect(errors).not.toContain('geheim');
});

test('serve logs one JSON object a line, listens on loopback and ends when asked to; secrets come from the environment', async () => {
  const secret = join(folder, 'secret');
  await writeFile(secret, 'correct horse battery\n');
  const controller = new AbortController();
  const out: string[] = [];
  const env = { PORCHLIGHT_WATCHTOWER_PAGE_PASSWORD_FILE: secret };
  const done = run(['serve'], { env, signal: controller.signal, out });
  await until(() => out.length > 0);
  const { message } = JSON.parse(out[0]!) as { message: string };
  const [, address = ''] = /^Listening on (127\.0\.0\.1:\d+), watching 0 homes\.$/.exec(message) ?? [];
  expect((await fetch(`http://${address}/`)).status).toBe(200);
  controller.abort();
  expect(await done).toMatchObject({ code: 0 });
  expect(out.map((line) => (JSON.parse(line) as { level: string }).level)).toEqual(['info', 'info']);
});

test('an address in use and a database that is none are said in one sentence', async () => {
  await writeFile(join(folder, 'watchtower.sqlite'), 'this is no database at all, only text');
  expect((await run(['serve'])).errors).toMatch(/The database .* cannot be used/);
  await rm(join(folder, 'watchtower.sqlite'));
  await writeFile(file, '{"listen":{"host":"192.0.2.1","port":1}}');
  const { code, errors } = await run(['serve']);
  expect(code).toBe(1);
  expect(errors).toMatch(/Cannot listen on 192.0.2.1:1/);
});
