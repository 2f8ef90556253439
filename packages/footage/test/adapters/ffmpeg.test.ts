// requires: ffmpeg
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Ffmpeg, type Verify } from '../../src/adapters/film/ffmpeg.ts';
import { probe } from '../support/film.ts';

const run = promisify(execFile);
const ffmpeg = new Ffmpeg('ffmpeg');
const { signal } = new AbortController();
const broken = { code: 'footage.broken-film' };
let folder: string;
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'porchlight-ffmpeg-'));
  const picture = ['-f', 'lavfi', '-i', 'testsrc=size=320x180:rate=10:duration=4', '-g', '10', '-c:v', 'libx264'];
  await run('ffmpeg', ['-v', 'error', ...picture, '-pix_fmt', 'yuv420p', at('picture.mp4')]);
  const sound = ['-f', 'lavfi', '-i', 'sine=frequency=440:duration=4', '-c:a', 'libopus'];
  await run('ffmpeg', ['-v', 'error', ...sound, at('sound.webm')]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function mux(wish: { film?: string; sound?: string; target?: string; verify?: Verify } = {}): Promise<number> {
  const { film = 'picture.mp4', sound = 'sound.webm', target = at('film.mp4'), verify = 'keyframes' } = wish;
  return ffmpeg.mux({ film: at(film), sound: at(sound), target, soundLateSec: 0.5, verify }, signal);
}

/** A copy whose middle third makes no sense. */
async function spoil(name: string, spoilt: string): Promise<void> {
  const bytes = await readFile(at(name));
  await writeFile(at(spoilt), bytes.fill(0xa5, Math.floor(bytes.length / 3), Math.floor((bytes.length * 2) / 3)));
}

test.each(['decode', 'keyframes', 'structure'] as const)('%s: picture and late sound in one film', async (verify) => {
  const lengthSec = await mux({ verify });
  const film = await probe(at('film.mp4'));
  expect(film.codecs).toEqual(['h264', 'opus']);
  expect(Math.abs(lengthSec - 4.5)).toBeLessThan(0.2);
  expect(Math.abs(film.durationSec - lengthSec)).toBeLessThan(0.2);
});

test('a picture that cannot be decoded is no film', async () => {
  await spoil('picture.mp4', 'spoilt.mp4');
  await expect(mux({ film: 'spoilt.mp4', verify: 'decode' })).rejects.toMatchObject(broken);
  await expect(mux({ film: 'spoilt.mp4', verify: 'keyframes' })).rejects.toMatchObject(broken);
});

test('sound that cannot be read, and a disk that takes nothing, are no film', async () => {
  await spoil('sound.webm', 'spoilt.webm');
  await expect(mux({ sound: 'spoilt.webm' })).rejects.toMatchObject(broken);
  await expect(mux({ sound: 'picture.mp4' })).rejects.toMatchObject(broken);
  await expect(mux({ target: '/dev/full' })).rejects.toMatchObject(broken);
});
