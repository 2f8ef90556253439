import { preset } from './jest.preset.js';

export default {
  ...preset,
  roots: ['<rootDir>/e2e'],
  testMatch: ['**/*.test.ts'],
  testTimeout: 60_000,
  maxWorkers: 1,
};
