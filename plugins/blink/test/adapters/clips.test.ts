import { afterEach, expect, jest, test } from '@jest/globals';
import { buildContext, until } from '@porchlight/core/testing';
import type { Blink } from '@porchlight/simulators';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAccount, startService, type Running } from '../support/account.ts';

// Simulated hours take seconds, and more on a machine with other work.
jest.setTimeout(60_000);

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

async function play(clips: object): Promise<Running & { blink: Blink; folder: string; films(): string[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-films-'));
  const context = buildContext();
  const blink = await startAccount(context);
  open.push(() => blink.close());
  const running = await startService(blink, { clips: { folder, ...clips } }, context);
  open.push(() => running.service.stop());
  const films = () =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.mp4'))
      .toSorted();
  return { ...running, blink, folder, films };
}

test('every motion is a film with a name that a person can read', async () => {
  const { blink, pass, films, folder } = await play({ save: 'motion' });
  blink.scenario.trigger(4001, 'cv_motion', { labels: ['person'] });
  await pass(20_000);
  blink.scenario.press(6001);
  await pass(20_000);
  await until(() => films().length === 2);
  expect(films()).toEqual([
    '2026-01-01 00-00-00 Yard person 7001.mp4',
    '2026-01-01 00-00-20 Front Door doorbell 7002.mp4',
  ]);
  expect(readFileSync(join(folder, films()[0]!)).subarray(4, 8).toString()).toBe('ftyp');
});

test('films of a USB stick are brought by way of the cloud', async () => {
  const { blink, pass, films } = await play({ save: 'motion' });
  blink.scenario.trigger(4003);
  await until(async () => {
    await pass(20_000);
    return films().length === 1;
  });
  expect(films()[0]).toMatch(/Shed motion usb-2002-\d+\.mp4$/);
});

test('around an alarm the films before and during it are kept, others are not', async () => {
  const { blink, pass, films, context } = await play({ save: 'alarm' });
  const ring = (phase: 'armed' | 'triggered') =>
    context.bus.setState({ service: 'event-alarm', device: 'alarm' }, 'alarm', { mode: 'away', phase });
  blink.scenario.trigger(4001);
  await pass(30_000);
  expect(films()).toEqual([]);
  ring('triggered');
  await until(() => films().length === 1);
  blink.scenario.trigger(4002);
  await pass(30_000);
  await until(() => films().length === 2);
  ring('armed');
  blink.scenario.trigger(5001);
  await pass(30_000);
  expect(films()).toHaveLength(2);
});

test('old films go, what the owner put there stays', async () => {
  const { blink, pass, films, folder } = await play({ save: 'motion', keepDays: 1 });
  writeFileSync(join(folder, '2020-01-01 00-00-00 Yard motion 1.mp4'), 'old');
  writeFileSync(join(folder, 'holiday.mp4'), 'mine');
  blink.scenario.trigger(4001);
  await pass(20_000);
  const kept = ['2026-01-01 00-00-00 Yard motion 7001.mp4', 'holiday.mp4'];
  await until(() => String(films()) === String(kept));
});

test('a film that cannot be fetched is left out and said once', async () => {
  const { blink, pass, films, context } = await play({ save: 'motion' });
  blink.faults.add({ match: /\.mp4/, trouble: { type: 'status', status: 500 } });
  blink.scenario.trigger(4001);
  await pass(20_000);
  blink.troubles.clear();
  blink.scenario.trigger(4002);
  await pass(20_000);
  await until(() => films().length === 1);
  const said = context.log.lines.filter((line) => /ilm/.test(line));
  expect(said).toEqual([
    expect.stringMatching(/^warn: A film was not saved/),
    expect.stringMatching(/^info: Films can/),
  ]);
});

test('films of a USB stick are kept around an alarm, however often the stick was listed since', async () => {
  const { blink, pass, films, context } = await play({ save: 'alarm' });
  blink.scenario.trigger(4003);
  await pass(150_000);
  context.bus.setState({ service: 'event-alarm', device: 'alarm' }, 'alarm', { mode: 'away', phase: 'triggered' });
  await until(async () => {
    await pass(5_000);
    return films().length === 1;
  });
  expect(films()[0]).toMatch(/Shed motion usb-2002-\d+\.mp4$/);
});

test('a film that cannot be written leaves nothing behind, and old ones go all the same', async () => {
  const { blink, pass, folder, context } = await play({ save: 'motion', keepDays: 1 });
  writeFileSync(join(folder, '2020-01-01 00-00-00 Yard motion 1.mp4'), 'old');
  // What is written there finds the disk full.
  symlinkSync('/dev/full', join(folder, '2026-01-01 00-00-00 Yard motion 7001.mp4.part'));
  blink.scenario.trigger(4001);
  await pass(20_000);
  await until(() => context.log.lines.some((line) => line.includes('A film was not saved')));
  await until(() => readdirSync(folder).length === 0);
});

test('a folder that was taken away meanwhile is made again', async () => {
  const { blink, pass, films, folder } = await play({ save: 'motion' });
  blink.scenario.trigger(4001);
  await pass(20_000);
  await until(() => films().length === 1);
  rmSync(folder, { recursive: true });
  blink.scenario.trigger(4002);
  await pass(20_000);
  await until(async () => {
    await pass(1_000);
    return existsSync(folder) && films().length === 1;
  });
});
