import { expect, test } from '@jest/globals';
import { mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { createFileStorage } from '../src/node/index.ts';
import { createCaptureLog } from '../src/testing/index.ts';

const schema = z.object({ count: z.number() });

async function open() {
  const folder = join(await mkdtemp(join(tmpdir(), 'porchlight-storage-')), 'service');
  const log = createCaptureLog();
  return { folder, log, storage: createFileStorage(folder, log) };
}

test('what was written is read again, by its owner only', async () => {
  const { folder, storage } = await open();
  const document = storage.document('state', schema, { count: 0 });
  expect(await document.read()).toEqual({ count: 0 });
  await document.write({ count: 7 });
  expect(await createFileStorage(folder, createCaptureLog()).document('state', schema, { count: 0 }).read()).toEqual({
    count: 7,
  });
  expect((await stat(join(folder, 'state.json'))).mode & 0o777).toBe(0o600);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
});

test.each(['{', '{"count":"many"}', ''])('a damaged file (%j) is set aside, said once, and replaced', async (text) => {
  const { folder, storage, log } = await open();
  const document = storage.document('state', schema, { count: 3 });
  await document.write({ count: 1 });
  await writeFile(join(folder, 'state.json'), text);
  expect(await document.read()).toEqual({ count: 3 });
  expect(await readFile(join(folder, 'state.json.corrupt'), 'utf8')).toBe(text);
  expect(log.lines).toHaveLength(1);
  expect(await document.read()).toEqual({ count: 3 });
});

test('of many writes at once the last one stays, and no half file is ever there', async () => {
  const { folder, storage } = await open();
  const document = storage.document('state', schema, { count: 0 });
  await Promise.all(Array.from({ length: 200 }, (_, count) => document.write({ count })));
  expect(await document.read()).toEqual({ count: 199 });
  expect(await readdir(folder)).toEqual(['state.json']);
});

test('a journal keeps its lines in order, and can be rewritten', async () => {
  const { folder, storage } = await open();
  const journal = storage.journal('events');
  expect(await journal.lines()).toEqual([]);
  await Promise.all(['a', 'b', 'c'].map((line) => journal.append(line)));
  expect(await journal.lines()).toEqual(['a', 'b', 'c']);
  await journal.rewrite(['c']);
  await journal.append('d');
  expect(await createFileStorage(folder, createCaptureLog()).journal('events').lines()).toEqual(['c', 'd']);
  expect((await stat(join(folder, 'events.jsonl'))).mode & 0o777).toBe(0o600);
});
