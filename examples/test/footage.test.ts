import { expect, test } from '@jest/globals';
import { runProgram } from '@porchlight/footage';
import { systemClock } from '@porchlight/core/node';
import { execFile } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv, promisify } from 'node:util';

const folder = fileURLToPath(new URL('../footage', import.meta.url));
const read = (file: string): string => readFileSync(join(folder, file), 'utf8');

const ofCron = read('crontab').matchAll(/rhombus-footage (--.*) >>/g);
const ofSystemd = read('rhombus-footage.service').matchAll(/^ExecStart=\S+ (.*)$/gm);
const commandLines = [...ofCron, ...ofSystemd].map(([, line = '']) => line);

function split(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}

test('there are command lines to be tested', () => {
  expect(commandLines).toHaveLength(3);
});

test.each(commandLines)('%s is understood', async (line) => {
  let said = '';
  const say = (text: string): void => void (said += text);
  const output = await mkdtemp(join(tmpdir(), 'porchlight-example-'));
  const elsewhere = ['--output', output, '--api-url', 'http://127.0.0.1:1', '--min-free', '0'];
  const clock = { ...systemClock, sleep: () => Promise.resolve() };
  const parts = { out: say, err: say, env: { RHOMBUS_API_KEY: 'k' }, clock, columns: undefined };
  const code = await runProgram([...split(line), ...elsewhere], { ...parts, signal: new AbortController().signal });
  expect({ code, said }).toMatchObject({ code: 4, said: expect.stringContaining('cannot be reached') });
  expect(said).not.toContain('has no meaning');
  await rm(output, { recursive: true, force: true });
});

test('the file with the key names a variable that is read', () => {
  expect(Object.keys(parseEnv(read('rhombus-footage.env')))).toEqual(['RHOMBUS_API_KEY']);
  expect(read('crontab')).toContain('RHOMBUS_API_KEY_FILE=');
});

test('the health check tells fresh films from old ones', async () => {
  const script = join(folder, 'health-check.sh');
  expect(statSync(script).mode & 0o111).not.toBe(0);
  const films = await mkdtemp(join(tmpdir(), 'porchlight-health-'));
  const check = () => promisify(execFile)(script, [films, '24']);
  await expect(check()).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('nothing was ever copied') });
  await writeFile(join(films, 'rhombus-footage.jsonl'), '{"reason":"failed"}\n');
  const film = join(films, 'FrontDoor_x_1_video.mp4');
  await writeFile(film, '');
  expect((await check()).stdout).toContain('1 of the last 100');
  await utimes(film, 0, 0);
  await expect(check()).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('24 hours') });
  await rm(films, { recursive: true, force: true });
});
