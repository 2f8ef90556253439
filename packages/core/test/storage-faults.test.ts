import { expect, test } from '@jest/globals';
import { appendFile, mkdir, mkdtemp, readdir, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { createFileStorage } from '../src/node/index.ts';
import { createCaptureLog } from '../src/testing/index.ts';

const schema = z.object({ count: z.number() });

async function open() {
  const folder = join(await mkdtemp(join(tmpdir(), 'porchlight-storage-')), 'service');
  return { folder, storage: createFileStorage(folder, createCaptureLog()) };
}

test('a write that follows at once on the end of another is not overtaken by one that waited', async () => {
  const { storage } = await open();
  const document = storage.document('state', schema, { count: 0 });
  for (let round = 0; round < 50; round += 1) {
    const first = document.write({ count: 1 });
    const waiting = document.write({ count: 2 });
    await first;
    await Promise.all([waiting, document.write({ count: 3 })]);
    expect(await document.read()).toEqual({ count: 3 });
  }
});

test('a crash between writing and renaming leaves the old value, and the next write works', async () => {
  const { folder, storage } = await open();
  const document = storage.document('state', schema, { count: 0 });
  await document.write({ count: 1 });
  // Of a process that is gone, of one with this process's number, and of one that is still writing.
  for (const name of ['999999999-1', `${process.pid}-99999`, `${process.ppid}-1`]) {
    await writeFile(join(folder, `state.json.${name}.new`), '{"count":2', { mode: 0o600 });
  }
  const again = createFileStorage(folder, createCaptureLog()).document('state', schema, { count: 0 });
  expect(await again.read()).toEqual({ count: 1 });
  await again.write({ count: 3 });
  expect(await again.read()).toEqual({ count: 3 });
  expect((await readdir(folder)).toSorted()).toEqual(['state.json', `state.json.${process.ppid}-1.new`]);
  expect((await stat(join(folder, 'state.json'))).mode & 0o777).toBe(0o600);
});

test('of many who write one document at once, each leaves a whole one and none fails', async () => {
  const { folder } = await open();
  const writers = Array.from({ length: 8 }, () =>
    createFileStorage(folder, createCaptureLog()).document('state', schema, { count: 0 }),
  );
  for (let round = 0; round < 20; round += 1) {
    await Promise.all(writers.map((document, index) => document.write({ count: 10 ** (round % 9) + index })));
    const { count } = (await writers[0]?.read()) ?? { count: 0 };
    expect(count).toBeGreaterThanOrEqual(10 ** (round % 9));
  }
  expect(await readdir(folder)).toEqual(['state.json']);
});

test('a write that fails is told to its caller, leaves no half file, and the next one works', async () => {
  const { folder, storage } = await open();
  const document = storage.document('state', schema, { count: 0 });
  await mkdir(join(folder, 'state.json', 'in-the-way'), { recursive: true });
  await expect(document.write({ count: 1 })).rejects.toMatchObject({ code: expect.stringMatching(/EISDIR|ENOTEMPTY/) });
  expect(await readdir(folder)).toEqual(['state.json']);
  await expect(storage.document('other', schema, { count: 0 }).write({ count: 1 })).resolves.toBeUndefined();
});

test('a line cut off by a crash does not spoil the line written after it', async () => {
  const { folder, storage } = await open();
  await storage.journal('events').append('{"id":1}');
  await appendFile(join(folder, 'events.jsonl'), '{"id":2');
  const journal = createFileStorage(folder, createCaptureLog()).journal('events');
  await journal.append('{"id":3}');
  await journal.append('{"id":4}');
  expect(await journal.lines()).toEqual(['{"id":1}', '{"id":2', '{"id":3}', '{"id":4}']);
});
