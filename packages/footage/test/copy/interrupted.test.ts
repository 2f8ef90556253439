// requires: ffmpeg
import { expect, test } from '@jest/globals';
import { runInterrupted } from '../support/interrupted.ts';

// `node --conditions=@porchlight/source packages/footage/test/fuzz/interrupted.ts [runs] [seed]` does it 200 times.
test('killed at random instants and started again, it makes the same films', async () => {
  const figures = await runInterrupted({ seed: 1, runs: 4 });
  expect(figures).toMatchObject({ runs: 4 });
}, 300_000);
