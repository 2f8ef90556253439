import { expect, test } from '@jest/globals';
import { buildContext } from '@porchlight/core/testing';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Pictures } from '../../src/adapters/pictures/client.ts';
import type { FoundDevice } from '../../src/domain/found-device.ts';
import type { Sighting } from '../../src/domain/sighting.ts';

const camera: FoundDevice = { uuid: 'c'.repeat(22), kind: 'camera', name: 'Porch', isOnline: true };
const sighting = (id: string, at = 1000): Sighting => ({
  id,
  device: camera.uuid,
  at,
  durationMs: 0,
  activities: ['MOTION'],
  channel: 'stream',
});

async function open(picture: () => Promise<Buffer>): Promise<Pictures> {
  const pictures = new Pictures(buildContext(), { picture });
  await pictures.open();
  return pictures;
}

test('a picture is a file under the name that the event told', async () => {
  const pictures = await open(() => Promise.resolve(Buffer.from('jpeg')));
  let taken = 0;
  let newest = '';
  const onTaken = (place: string): void => {
    newest = place;
    taken += 1;
  };
  const path = pictures.fetch(camera, sighting('Aa'), onTaken) ?? '';
  const other = pictures.fetch(camera, sighting('aA'), onTaken) ?? '';
  // Ids that differ in case only: some file systems cannot tell them apart.
  expect(path.toLowerCase()).not.toBe(other.toLowerCase());
  await pictures.settle();
  expect(taken).toBe(2);
  expect(await readFile(path, 'utf8')).toBe('jpeg');
  expect(await readFile(newest, 'utf8')).toBe('jpeg');
});

test('four at once; one that fails leaves nothing and disturbs nobody', async () => {
  const refusals: ((error: Error) => void)[] = [];
  const pictures = await open(() => new Promise((_resolve, reject) => void refusals.push(reject)));
  const paths = Array.from({ length: 5 }, (_, index) => pictures.fetch(camera, sighting(`a${index}`), () => undefined));
  expect(paths.filter((path) => path !== undefined)).toHaveLength(4);
  for (const refuse of refusals) refuse(new Error('no picture'));
  await pictures.settle();
  expect(await readdir(dirname(paths[0] ?? ''))).toEqual([]);
});

test('the oldest go: two hundred stay', async () => {
  const pictures = await open(() => Promise.resolve(Buffer.from('jpeg')));
  const first = pictures.fetch(camera, sighting('first', 1), () => undefined) ?? '';
  await pictures.settle();
  const folder = dirname(first);
  for (let at = 2; at <= 201; at += 1) await writeFile(join(folder, `${at}-old.jpg`), '');
  await pictures.take(camera, 9000);
  const files = (await readdir(folder)).filter((file) => !file.startsWith('newest-'));
  expect(files).toHaveLength(200);
  expect(files).not.toContain(basename(first));
  expect(files.some((file) => file.startsWith('9000-'))).toBe(true);
});
