import { preset } from './jest.preset.js';

export default {
  ...preset,
  roots: ['<rootDir>/e2e'],
  testMatch: ['**/*.test.ts'],
  testTimeout: 60_000,
  globalSetup: '<rootDir>/e2e/support/install-ui.ts',
  maxWorkers: 2,
};
