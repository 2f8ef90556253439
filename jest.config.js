import { availableParallelism } from 'node:os';
import { preset } from './jest.preset.js';

export default {
  ...preset,
  roots: ['packages', 'plugins', 'config-schemas', 'addon', 'examples', 'tools'].map((folder) => `<rootDir>/${folder}`),
  testMatch: ['**/test/**/*.test.ts'],
  // Many tests wait for sockets and processes: one more worker than there are processors keeps them busy.
  maxWorkers: availableParallelism() + 1,
  // They wait for conditions; on a busy machine those take their time.
  testTimeout: 30_000,
};
