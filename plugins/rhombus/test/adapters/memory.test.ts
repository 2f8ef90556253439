import { expect, test } from '@jest/globals';
import { buildContext, createMemoryStorage } from '@porchlight/core/testing';
import { MemoryKeeper } from '../../src/adapters/memory/client.ts';
import { SeenJournal } from '../../src/adapters/memory/seen-journal.ts';
import type { Seen } from '../../src/domain/differ.ts';

const seen = (id: string, part: Partial<Seen> = {}): Seen => ({
  id,
  key: 'd motion',
  at: 1,
  until: 1,
  family: 'alert',
  twins: [],
  ...part,
});
const asMap = (...list: Seen[]): Map<string, Seen> => new Map(list.map((one) => [one.id, one]));

test('only what is new or has changed is added, and it reads back in order', async () => {
  const storage = createMemoryStorage();
  const journal = new SeenJournal(storage.journal('seen'));
  const [a, b] = [seen('a'), seen('b')];
  await journal.write(asMap(a));
  await journal.write(asMap(a, b));
  const changed = seen('a', { label: 'person' });
  await journal.write(asMap(changed, b));
  expect(storage.files.get('seen')?.split('\n')).toHaveLength(4);
  expect([...(await new SeenJournal(storage.journal('seen')).read()).values()]).toEqual([changed, b]);
});

test('a line that was cut off by a crash is passed over', async () => {
  const storage = createMemoryStorage();
  storage.files.set('seen', `${JSON.stringify(seen('a'))}\n{"id":"b","ke\nnull\n${JSON.stringify(seen('c'))}\n`);
  expect([...(await new SeenJournal(storage.journal('seen')).read()).keys()]).toEqual(['a', 'c']);
});

test('a file of many lines about few is written anew', async () => {
  const storage = createMemoryStorage();
  const journal = new SeenJournal(storage.journal('seen'));
  for (let count = 0; count < 1005; count += 1) await journal.write(asMap(seen(`a${count}`)));
  expect(storage.files.get('seen')?.split('\n').length).toBeLessThan(10);
});

test('a disk that cannot be written to is logged once, and tried again with the next change', async () => {
  const context = buildContext();
  const { storage } = context;
  const journal = storage.journal('seen');
  let isFull = true;
  storage.journal = () => ({
    ...journal,
    append: (line) => (isFull ? Promise.reject(new Error('no space left')) : journal.append(line)),
  });
  let known = asMap(seen('a'));
  const memory = () => ({ ids: {}, devices: [], movements: [] });
  const keeper = new MemoryKeeper(context, { seen: () => known, memory });
  await keeper.read();
  for (let turn = 0; turn < 3; turn += 1) {
    keeper.keep();
    await context.clock.advance(500);
  }
  expect(context.log.lines).toEqual([expect.stringMatching(/What was seen cannot be stored: no space left/)]);
  isFull = false;
  known = new Map([...known, ['b', seen('b')]]);
  keeper.keep();
  await context.clock.advance(500);
  expect([...(await new SeenJournal(journal).read()).keys()]).toEqual(['a', 'b']);
  expect(context.log.lines).toHaveLength(2);
});

test('changes without a pause are written all the same', async () => {
  const context = buildContext();
  const keeper = new MemoryKeeper(context, {
    seen: () => asMap(seen('a')),
    memory: () => ({ ids: {}, devices: [], movements: [] }),
  });
  for (let turn = 0; turn < 60; turn += 1) {
    keeper.keep();
    await context.clock.advance(100);
  }
  expect(context.storage.files.get('seen')).toContain('"a"');
});
