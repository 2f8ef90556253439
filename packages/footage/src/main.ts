#!/usr/bin/env node
import { argv, env, exit, stderr, stdout } from 'node:process';
import { setFlagsFromString } from 'node:v8';

// Footage passes through in small short-lived pieces: left to itself, tens of megabytes of them would lie around before
// they are swept up. It has to be said before memory has grown, so the program is loaded after that.
setFlagsFromString('--semi-space-growth-factor=1');
setFlagsFromString('--heap-growing-percent=15');
const [{ runProgram }, { systemClock }] = await Promise.all([import('./program.ts'), import('@porchlight/core/node')]);

const controller = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // Whoever asks twice does not want to wait.
    if (controller.signal.aborted) exit(130);
    controller.abort(new Error('interrupted'));
  });
}
const code = await runProgram(argv.slice(2), {
  out: (text) => void stdout.write(text),
  err: (text) => void stderr.write(text),
  env,
  clock: systemClock,
  signal: controller.signal,
  columns: stderr.isTTY ? () => stderr.columns : undefined,
});
process.exitCode = code;
// Nothing that is left open may keep the command from ending; what was written has to get out first.
stdout.write('', () => stderr.write('', () => exit(code)));
