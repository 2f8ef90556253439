import { expect, test } from '@jest/globals';
import { parseConfig } from '@porchlight/core';
import { rhombusSchema } from '../src/index.ts';

const problemsOf = (raw: object): string[] => {
  const result = parseConfig(rhombusSchema, raw);
  return result.ok ? [] : result.problems;
};

test('a key is enough, and even that may come later', () => {
  expect(problemsOf({})).toEqual([]);
  expect(parseConfig(rhombusSchema, { apiKey: 'k' })).toMatchObject({
    ok: true,
    warnings: [],
    config: { region: 'us', changeStream: true, pollSeconds: 30, requestsPerHour: 1200, cameras: [], locations: [] },
  });
});

test.each([
  [{ certFile: '/a.pem' }, 'keyFile: is missing; a client certificate and its key go together'],
  [{ keyFile: '/a.pem' }, 'certFile: is missing; a client certificate and its key go together'],
  [{ webhook: { enabled: true } }, 'webhook.secret: is missing; copy it from the webhook in the Rhombus Console'],
  [{ region: 'asia' }, 'region: must be one of "us", "eu"'],
  [{ pollSeconds: 1 }, 'pollSeconds: must be at least 5'],
  [{ requestsPerHour: 59 }, 'requestsPerHour: must be at least 60'],
  [{ endpoints: { api: 'somewhere' } }, 'endpoints.api: must be a valid url'],
  [{ labels: ['dog'] }, /^labels\[0\]: must be one of "motion", "person"/],
  [{ cameras: [{ name: 'Dock' }] }, 'cameras[0].camera: is missing; give a text in quotes'],
])('%j is explained', (raw, problem) => {
  const problems = problemsOf(raw);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(problem);
});

test('a key that is none is named with the nearest', () => {
  expect(parseConfig(rhombusSchema, { camaras: [] }).warnings).toEqual([
    'camaras: there is no such setting; did you mean cameras?',
  ]);
});
