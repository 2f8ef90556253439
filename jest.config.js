import { preset } from './jest.preset.js';

export default {
  ...preset,
  roots: ['packages', 'plugins', 'config-schemas', 'addon', 'examples', 'tools'].map((folder) => `<rootDir>/${folder}`),
  testMatch: ['**/test/**/*.test.ts'],
};
