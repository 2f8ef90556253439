import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import * as z from 'zod';
import { parseConfig } from '../src/index.ts';

const schema = z.object({
  name: z.string().default('Alarm'),
  waitSeconds: z.number().min(1).default(5),
  list: z.array(z.object({ id: z.string().default('a') })).default([]),
});

test.each([{}, { name: '', waitSeconds: null, list: [{}] }])('nothing filled in (%j) is the defaults', (raw) => {
  expect(parseConfig(schema, raw)).toEqual({
    ok: true,
    config: { name: 'Alarm', waitSeconds: 5, list: [] },
    warnings: [],
  });
});

test('whatever stands in the file, the answer is a configuration or sentences, never an exception', () => {
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), fc.record({ name: fc.jsonValue(), list: fc.jsonValue() })), (raw) => {
      const result = parseConfig(schema, raw);
      if (result.ok) expect(schema.safeParse(result.config).success).toBe(true);
      else expect(result.problems.every((problem) => /^[^:]+: .+/.test(problem))).toBe(true);
    }),
  );
});

test('the configuration that was passed in stays as it was', () => {
  const raw = { name: '', list: [{ id: '' }, null], other: 1 };
  const before = structuredClone(raw);
  parseConfig(schema, raw);
  expect(raw).toEqual(before);
});
