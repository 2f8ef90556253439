import { expect, test } from '@jest/globals';
import { restTogether } from '../../src/copy/limit.ts';

test('the first failure is told at once, and thrown only when all have come to rest', async () => {
  const gate = Promise.withResolvers<void>();
  const said: string[] = [];
  const fail = async (text: string): Promise<void> => {
    throw new Error(text);
  };
  const slow = gate.promise.then(() => said.push('at rest'));
  const all = restTogether([slow, fail('first'), fail('second')], (error) => said.push((error as Error).message));
  await expect(Promise.race([all, Promise.resolve('waits')])).resolves.toBe('waits');
  expect(said).toEqual(['first']);
  gate.resolve();
  await expect(all).rejects.toThrow('first');
  expect(said).toEqual(['first', 'at rest']);
});
