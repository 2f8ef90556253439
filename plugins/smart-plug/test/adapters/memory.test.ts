import { expect, test } from '@jest/globals';
import { createMemoryStorage } from '@porchlight/core/testing';
import { CycleMemory } from '../../src/adapters/memory/client.ts';

const cycle = { id: 'c', startedAt: 5, offMs: 1000 };

test('what could not be noted does not come to the disk with the next note', async () => {
  const storage = createMemoryStorage();
  let isFull = true;
  const memory = new CycleMemory({
    storage: {
      ...storage,
      document(name, schema, initial) {
        const document = storage.document(name, schema, initial);
        return {
          read: () => document.read(),
          async write(value) {
            if (isFull) throw new Error('disk full');
            await document.write(value);
          },
        };
      },
    },
  });
  await expect(memory.saveCycle('router', cycle)).rejects.toThrow('disk full');
  isFull = false;
  await memory.saveCycle('modem', cycle);
  expect(Object.keys((await memory.read()).cycles)).toEqual(['modem']);
  await memory.clearCycle('modem');
  expect(await memory.read()).toMatchObject({ cycles: {}, last: { modem: 5 } });
});
