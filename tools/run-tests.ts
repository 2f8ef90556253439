import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv, execPath, exit } from 'node:process';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { findMissing, installPrograms, isSystemProgram, packagesOf, type SystemProgram } from './system-programs.ts';

/** Everything `npm test` runs: lint, unit and end-to-end tests, then one line with the figures. */

interface Figures {
  passed: number;
  failed: number;
  skipped: number;
}

const root = fileURLToPath(new URL('..', import.meta.url));
const testFiles = '{packages,plugins,config-schemas,addon,examples,tools,e2e}/**/*.test.ts';
const say = (line: string): void => console.log(line);

const reportSchema = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number(),
  numRuntimeErrorTestSuites: z.number(),
});

const missing = findMissing();
const stillMissing = missing.length > 0 ? installPrograms(missing, say) : [];
const leftOut = listLeftOut(stillMissing);
const patterns = argv.slice(2);

const results = [
  ...(patterns.length === 0 ? [lint()] : []),
  jest('unit', 'jest.config.js', patterns),
  jest('e2e', 'jest.e2e.config.js', patterns),
];
const total = results.reduce(add, { passed: 0, failed: 0, skipped: leftOut.length });
say(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
exit(total.failed === 0 ? 0 : 1);

function add(a: Figures, b: Figures): Figures {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

function lint(): Figures {
  say('\n--- lint');
  const { status } = spawnSync(execPath, [join(root, 'tools/lint.ts')], { cwd: root, stdio: 'inherit' });
  return status === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
}

/** Runs one jest project; a suite that could not even be loaded counts as one failure. */
function jest(name: string, config: string, wanted: readonly string[]): Figures {
  say(`\n--- ${name}`);
  const report = join(root, '.work', `${name}.json`);
  const bin = join(root, 'node_modules/jest/bin/jest.js');
  const args = ['--experimental-vm-modules', '--no-warnings', bin, '--config', config, '--passWithNoTests'];
  const ignored = ['/node_modules/', '/dist/', ...leftOut.map(escapePattern)];
  const { status } = spawnSync(
    execPath,
    [...args, '--json', `--outputFile=${report}`, '--testPathIgnorePatterns', ...ignored, '--', ...wanted],
    { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const { data } = reportSchema.safeParse(readReport(report));
  if (!data) return { passed: 0, failed: 1, skipped: 0 };
  const failed = data.numFailedTests + data.numRuntimeErrorTestSuites;
  return {
    passed: data.numPassedTests,
    failed: failed === 0 && status !== 0 ? 1 : failed,
    skipped: data.numPendingTests + data.numTodoTests,
  };
}

function readReport(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Test files whose line `// requires: mosquitto ffmpeg` names a program that is not there; says each once. */
function listLeftOut(absent: readonly SystemProgram[]): string[] {
  if (absent.length === 0) return [];
  const files = globSync(testFiles, { cwd: root, exclude: (name) => name === 'node_modules' || name === 'dist' });
  const without = files.filter((file) => requirementsOf(join(root, file)).some((name) => absent.includes(name)));
  const packages = packagesOf(absent).join(' ');
  say(
    `Left out for want of ${absent.join(', ')} (sudo apt-get install ${packages}): ${without.join(', ') || 'nothing'}`,
  );
  return without;
}

function requirementsOf(file: string): SystemProgram[] {
  const line = /^\/\/ requires: (.+)$/m.exec(readFileSync(file, 'utf8'))?.[1] ?? '';
  return line.split(/[\s,]+/).filter(isSystemProgram);
}

function escapePattern(file: string): string {
  return `/${file.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`;
}
