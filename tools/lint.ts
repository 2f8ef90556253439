import { spawnSync } from 'node:child_process';
import { exit } from 'node:process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Order matters: the type-aware linter reads the declarations that the build writes. */
const steps: [name: string, command: string, ...args: string[]][] = [
  ['build', 'tsc', '-b'],
  ['types of tests', 'tsc', '-p', 'tsconfig.test.json'],
  ['lint', 'oxlint', '--type-aware', '--deny-warnings'],
  ['format', 'oxfmt', '--check'],
  ['shape', process.execPath, 'tools/check-shape.ts'],
  ['schemas', process.execPath, '--conditions=@porchlight/source', 'tools/schemas.ts', '--check'],
];

const path = `${root}node_modules/.bin:${process.env['PATH'] ?? ''}`;
const failed: string[] = [];
for (const [name, command, ...args] of steps) {
  const startedAt = performance.now();
  if (process.stdout.isTTY) process.stdout.write(`…    ${name}\r`);
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, PATH: path },
  });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`${status === 0 ? 'ok  ' : 'FAIL'} ${name} (${seconds} s)`);
  if (status === 0) continue;
  failed.push(name);
  console.log(error ? error.message : `${stdout}${stderr}`.trimEnd());
}
console.log(failed.length === 0 ? 'All is well.' : `To mend: ${failed.join(', ')}.`);
exit(failed.length === 0 ? 0 : 1);
