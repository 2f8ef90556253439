// requires: ffmpeg
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { makeClip, makeStill } from '../../src/blink/film/film.ts';

const run = promisify(execFile);
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'blink-film-'));
});

afterAll(() => rm(folder, { recursive: true }));

async function probe(name: string, bytes: Buffer): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, bytes);
  // Decodes every frame; anything wrong is an error.
  await run('ffmpeg', ['-v', 'error', '-xerror', '-i', file, '-f', 'null', '-']);
  const entries = 'stream=codec_name,width,height:format=duration';
  const { stdout } = await run('ffprobe', ['-v', 'error', '-show_entries', entries, '-of', 'csv', file]);
  return stdout;
}

test('makes pictures that decode', async () => {
  expect(await probe('still.jpg', makeStill('camera 4001'))).toContain('mjpeg,320,180');
});

test('makes clips that decode, five seconds of picture and sound', async () => {
  const seen = await probe('clip.mp4', makeClip('media 7001'));
  expect(seen).toContain('h264,320,180');
  expect(seen).toContain('aac');
  expect(Number(/format,([\d.]+)/.exec(seen)?.[1])).toBeCloseTo(5, 1);
});

test('makes different bytes for different notes, the same for the same', () => {
  expect(makeStill('a').equals(makeStill('b'))).toBe(false);
  expect(makeClip('a').equals(makeClip('b'))).toBe(false);
  expect(makeClip('a').equals(makeClip('a'))).toBe(true);
});
