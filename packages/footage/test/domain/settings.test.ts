import { expect, test } from '@jest/globals';
import { readDate } from '../../src/adapters/calendar.ts';
import { optionTable } from '../../src/domain/option-table.ts';
import { parseArguments } from '../../src/domain/parse-arguments.ts';
import { readSettings, type Settings } from '../../src/domain/settings.ts';

const nowSec = 1_767_225_600;

function read(line: string): { settings?: Settings; problem?: string; warnings?: string[] } {
  const parsed = parseArguments(line === '' ? [] : line.split(' '), optionTable);
  if (!parsed.ok) return { problem: parsed.problem };
  const result = readSettings(parsed.given, { nowSec, readDate });
  return result.ok ? result : { problem: result.problem };
}

test('without options: what the original does', () => {
  expect(read('').settings).toMatchObject({
    mode: 'manual',
    window: { startSec: nowSec - 3600, durationSec: 3600 },
    alerts: { max: 100, bufferSec: 30 },
    network: { useWan: false, apiUrl: 'https://api2.rhombussystems.com' },
    limits: { segmentsInFlight: 2 },
    disk: { output: '.' },
  });
});

const meanings: [line: string, settings: object][] = [
  ['-s 1700000000 -u 60', { window: { startSec: 1_700_000_000, durationSec: 60 } }],
  ['-s +1_700', { window: { startSec: 1700 } }],
  ['-u 90m', { window: { durationSec: 5400 } }],
  ['--since 4h', { window: { startSec: nowSec - 14_400, durationSec: 14_400 } }],
  ['--since 2025-12-31T00:00Z --until 2025-12-31T01:00Z', { window: { startSec: nowSec - 86_400, durationSec: 3600 } }],
  ['--since 4h --duration 60', { window: { startSec: nowSec - 14_400, durationSec: 60 } }],
  ['--until 1h', { window: { startSec: nowSec - 7200, durationSec: 3600 } }],
  ['-al -bt 0 -at 0', { mode: 'alerts', alerts: { max: 100, bufferSec: 30 } }],
  ['-al -bt 50 -at 20 -ma 7 -ab 0', { alerts: { max: 7, bufferSec: 0, beforeSec: 50, afterSec: 20 } }],
  ['-al --since 1h', { alerts: { afterSec: nowSec - 3600 } }],
  ['--watch', { mode: 'alerts', stay: { watch: true, intervalSec: 60 } }],
  ['--region eu', { network: { apiUrl: 'https://api2.eu.rhombussystems.com' } }],
  ['--camera A --camera B', { only: { cameras: ['A', 'B'] } }],
  ['-cam A -cam B', { only: { cameraUuid: 'B' } }],
  [
    '--keep-bytes 1.5T --keep-days 30 --min-free 500M',
    { disk: { keepBytes: 1.5e12, keepDays: 30, minFreeBytes: 5e8 } },
  ],
  ['-c C -p P', { network: { certFile: 'C', keyFile: 'P' } }],
];

test.each(meanings)('"%s" means', (line, settings) => {
  expect(read(line).settings).toMatchObject(settings);
});

const bad: [option: string, value: string][] = [
  ...['x', '', '1.5', '-1', '1767225600000', '2026-13-40', '5 parsecs'].flatMap((value): [string, string][] =>
    ['-s', '--since', '--until', '-bt', '-at'].map((option) => [option, value]),
  ),
  ...['x', '', '0', '-1', '1e9', '9999999999'].map((value): [string, string] => ['-u', value]),
  ...['x', '', '0', '-1', '1.5', '100001'].map((value): [string, string] => ['-ma', value]),
  ...['x', '', '-1', '86401'].map((value): [string, string] => ['-ab', value]),
  ...['0', 'x', '-2', '1001'].map((value): [string, string] => ['--concurrency', value]),
  ...['0', 'x', '9'].map((value): [string, string] => ['--segments-in-flight', value]),
  ...['1', 'x', '25h'].map((value): [string, string] => ['--interval', value]),
  ...['x', '* * * *', '61 * * * *', '* 24 * * *', '*/0 * * * *', '5-1 * * * *', '10s'].map(
    (value): [string, string] => ['--schedule', value],
  ),
  ...['x', '-1', '5X', ''].map((value): [string, string] => ['--min-free', value]),
  ...['x', '0', '-1', '1.5'].map((value): [string, string] => ['--keep-days', value]),
  ...['x', '0', '-5'].map((value): [string, string] => ['--keep-bytes', value]),
  ...['x', ''].flatMap((value): [string, string][] =>
    ['--verify', '--when-full', '--lan-trust', '--region', '--lan-pin', '--api-url'].map((option) => [option, value]),
  ),
  ['--api-url', 'http://example.com'],
  ['--api-url', 'https://user:pw@example.com'],
  ['--api-url', 'https://example.com/path'],
  ...['-c', '-p', '-loc', '-cam', '--camera', '--location', '--output', '--ca-file', '--ffmpeg'].map(
    (option): [string, string] => [option, ''],
  ),
];

test.each(bad)('%s "%s" is refused with the name of the option', (option, value) => {
  const parsed = parseArguments([option, value], optionTable);
  if (!parsed.ok) return expect(parsed.problem).toContain(option);
  const result = readSettings(parsed.given, { nowSec, readDate });
  expect(result).toMatchObject({ ok: false, problem: expect.stringContaining(option) });
});

const clashes = [
  '-s 5 --since 4h',
  '-u 5 --until 4h',
  '-al -bt 5 --until 4h',
  '-al -at 5 --since 4h',
  '--region eu --api-url https://example.com',
  '--watch --schedule @daily',
  '--since 1h --until 2h',
];

test.each(clashes)('"%s" cannot be', (line) => {
  expect(read(line).problem).toBeDefined();
});

const odd: [line: string, warning: string][] = [
  ['-c C', 'belong together'],
  ['-al -s 5', 'has no meaning with --alerts'],
  ['-ma 5', 'has no meaning without --alerts'],
];

test.each(odd)('"%s" is warned of', (line, warning) => {
  expect(read(line).warnings?.join()).toContain(warning);
});
