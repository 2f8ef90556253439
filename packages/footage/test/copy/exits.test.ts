// requires: ffmpeg
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { systemClock } from '@porchlight/core/node';
import { until } from '@porchlight/core/testing';
import { createFleet } from '@porchlight/simulators';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram } from '../../src/program.ts';
import { argumentsFor, openPlace, type Place, runCommand } from '../support/organisation.ts';

jest.setTimeout(60_000);

let place: Place;
let startSec: number;
let nowSec: number;
beforeEach(async () => {
  nowSec = Math.floor(Date.now() / 1000);
  startSec = nowSec - 1000;
  place = await openPlace({ organisation: createFleet(nowSec, { cameras: 2, audio: true }) });
  // One camera with sound, one without.
  place.rhombus.org.gateways.splice(1);
});
afterEach(() => place.close());

const films = async (): Promise<string[]> => (await readdir(place.folder)).filter((name) => /\.(mp4|webm)$/.test(name));
const manual = (...more: string[]): string[] => ['-s', String(startSec), '-u', '10', '--json', ...more];

test('a key that is refused: exit code 3', async () => {
  const ran = await runCommand(place, manual('-a', 'wrong'));
  expect(ran).toMatchObject({ code: 3, err: expect.stringContaining('check the key') });
  expect((await runCommand(place, ['-al', '-a', 'wrong'])).err).toContain('Rhombus refuses');
});

test('a key without access to recorded video: nothing is copied, and it says why', async () => {
  place.rhombus.org.keys[0]!.footage = false;
  const ran = await runCommand(place, manual());
  expect(ran.code).toBe(3);
  expect(ran.err).toContain('recorded video');
});

test('no key at all, or a bad word: exit code 2', async () => {
  const parts = { out: () => undefined, err: () => undefined, env: {}, clock: systemClock, columns: undefined };
  const run = (words: string[]): Promise<number> =>
    runProgram(argumentsFor(place, words), { ...parts, signal: new AbortController().signal });
  expect(await run([])).toBe(2);
  expect(await run(['-a', 'k', '--nonsense'])).toBe(2);
  expect(await run(['-a', 'k', '--ca-file', '/nowhere'])).toBe(2);
  expect(await run(['--api-key-file', '/nowhere'])).toBe(2);
});

test('the key from a file, and a certificate key', async () => {
  const keyFile = join(place.folder, 'key');
  await writeFile(keyFile, 'simulated-api-token\n');
  expect((await runCommand(place, manual('--dry-run', '--api-key-file', keyFile))).code).toBe(0);
  const { cert, key } = await place.rhombus.clientCertificate();
  await writeFile(join(place.folder, 'c.pem'), cert);
  await writeFile(join(place.folder, 'k.pem'), key);
  const files = ['-c', join(place.folder, 'c.pem'), '-p', join(place.folder, 'k.pem')];
  const ran = await runCommand(place, manual('-a', 'simulated-certificate-key', '-w', ...files));
  expect({ code: ran.code, err: ran.err }).toMatchObject({ code: 0 });
  expect(place.rhombus.ledger.leaks).toEqual([]);
});

test('Rhombus out of reach: exit code 4', async () => {
  const words = [...argumentsFor(place, manual()), '--api-url', 'https://127.0.0.1:1'];
  const clock = { ...systemClock, sleep: () => Promise.resolve() };
  const parts = { out: () => undefined, err: () => undefined, env: { RHOMBUS_API_KEY: 'k' }, columns: undefined };
  expect(await runProgram(words, { ...parts, clock, signal: new AbortController().signal })).toBe(4);
});

test('a full disk: exit code 5, and nothing half done is left', async () => {
  const ran = await runCommand(place, manual('--min-free', '900T'));
  expect(ran).toMatchObject({ code: 5, err: expect.stringContaining('--min-free') });
  expect(await films()).toEqual([]);
});

test('two runs at once: the second one leaves with exit code 6', async () => {
  place.rhombus.settings.network.lan.latencyMs = 200;
  const first = runCommand(place, manual());
  await until(() => existsSync(join(place.folder, '.rhombus-footage/lock')));
  expect((await runCommand(place, manual())).code).toBe(6);
  expect((await first).code).toBe(0);
});

test('the lock of a process that has gone is taken over', async () => {
  await mkdir(join(place.folder, '.rhombus-footage'), { recursive: true });
  await writeFile(join(place.folder, '.rhombus-footage/lock'), '1 not-the-start-of-1\n');
  expect((await runCommand(place, manual('--dry-run'))).code).toBe(0);
});

test('interrupted by a signal: exit code 130, and the next run goes on', async () => {
  place.rhombus.settings.network.lan.latencyMs = 100;
  const controller = new AbortController();
  const running = runCommand(place, manual(), controller.signal);
  // Six are under way at a time, and each is stored before another is asked for.
  await until(() => place.rhombus.ledger.requestsPerSegment({ whole: true }).size > 6);
  controller.abort(new Error('interrupted'));
  expect((await running).code).toBe(130);
  const before = place.rhombus.ledger.requestsPerSegment({ whole: true }).size;
  place.rhombus.ledger.clear();
  expect((await runCommand(place, manual())).code).toBe(0);
  expect(place.rhombus.ledger.requestsPerSegment().size).toBeLessThan(15);
  expect(before).toBeGreaterThan(6);
});

test('certificates of LAN devices: learned, verified, pinned, or none', async () => {
  const only = ['--camera', 'Camera 2'];
  const routes = (): Set<string> =>
    new Set(place.rhombus.ledger.media.filter(({ whole }) => whole).map(({ route }) => route));
  await runCommand(place, manual(...only));
  expect(routes()).toEqual(new Set(['lan']));
  const pins = join(place.folder, '.rhombus-footage/lan-pins.json');
  const [[host, pin]] = Object.entries(JSON.parse(await readFile(pins, 'utf8')) as object) as [[string, string]];
  const again = async (...words: string[]): Promise<Set<string>> => {
    startSec += 20;
    place.rhombus.ledger.clear();
    expect((await runCommand(place, manual(...only, ...words))).code).toBe(0);
    return routes();
  };
  expect(await again('--lan-trust', 'verify')).toEqual(new Set(['wan']));
  expect(await again('--lan-pin', pin)).toEqual(new Set(['lan']));
  expect(await again('--lan-pin', 'a'.repeat(64))).toEqual(new Set(['wan']));
  await writeFile(pins, JSON.stringify({ [host]: 'b'.repeat(64) }));
  expect(await again()).toEqual(new Set(['wan']));
  expect(await again('--lan-trust', 'any')).toEqual(new Set(['lan']));
  expect(await again('-w')).toEqual(new Set(['wan']));
});

test('a folder that cannot be written is wrong usage', async () => {
  const ran = await runCommand(place, manual('--output', join(place.caFile, 'films')));
  expect(ran).toMatchObject({ code: 2, err: expect.stringContaining('--output') });
});
