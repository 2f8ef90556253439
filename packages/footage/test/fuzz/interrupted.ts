import { argv } from 'node:process';
import { type InterruptedFigures, runInterrupted } from '../support/interrupted.ts';

// `node --conditions=@porchlight/source packages/footage/test/fuzz/interrupted.ts [runs] [seed]`; needs ffmpeg.
const [runs = '200', seed = '7'] = argv.slice(2);
const runsPerWorld = 20;
const startedAt = performance.now();
const total: Partial<Record<keyof InterruptedFigures, number>> = {};
for (let done = 0; done < Number(runs); done += runsPerWorld) {
  const share = Math.min(runsPerWorld, Number(runs) - done);
  const figures = await runInterrupted({ runs: share, seed: Number(seed) + done });
  for (const [name, figure] of Object.entries(figures) as [keyof InterruptedFigures, number][]) {
    total[name] = (total[name] ?? 0) + figure;
  }
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  console.log(JSON.stringify({ ...total, seed: Number(seed), seconds }));
}
