// The start of `npm start` and `npm test` on any machine with Node 18 or later and npm: installs and builds what is
// missing, then hands over to the pinned Node. Only what Node itself brings may be used here.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { argv, env, exit, execPath, stderr, stdout } from 'node:process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const modules = join(root, 'node_modules');
const logs = join(root, '.work');
const stamp = join(modules, '.porchlight-installed');
const programs = { start: 'tools/demo/main.ts', test: 'tools/run-tests.ts' };

const [, , command = '', ...rest] = argv;
const program = programs[command];
if (!program) {
  stderr.write(`Use "npm start" or "npm test".\n`);
  exit(2);
}
mkdirSync(logs, { recursive: true });
await install();
const path = [join(modules, '.bin'), env.PATH].join(delimiter);
await step('Building', join(modules, '.bin', 'tsc'), ['-b'], { ...env, PATH: path });
exit(await handOver());

/**
 * Installs the packages when the lock file has changed since the last time. Not with `npm ci`: that refuses a lock file
 * in which the optional packages of another platform are missing.
 */
async function install() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  const npm = env.npm_execpath?.endsWith('.js') ? [execPath, env.npm_execpath] : ['npm'];
  const [file, ...first] = npm;
  const args = [...first, 'install', '--no-audit', '--no-fund', '--loglevel=error'];
  await step('Installing packages (a minute or two)', file, args, env);
  writeFileSync(stamp, lock);
}

/** Runs a long step with its output in a log file and its progress on the terminal; ends the program if it fails. */
async function step(title, file, args, environment) {
  const name = `${title.split(' ')[0].toLowerCase()}.log`;
  const log = openSync(join(logs, name), 'w');
  const startedAt = Date.now();
  const seconds = () => Math.round((Date.now() - startedAt) / 1000);
  const isTerminal = stdout.isTTY;
  stdout.write(isTerminal ? `${title} …` : `${title} …\n`);
  const tick = () =>
    stdout.write(isTerminal ? `\r${title} … ${seconds()} s` : `  still ${title.toLowerCase()}: ${seconds()} s\n`);
  const timer = setInterval(tick, isTerminal ? 1000 : 30_000);
  const code = await run(file, args, { cwd: root, env: environment, stdio: ['ignore', log, log] });
  clearInterval(timer);
  stdout.write(isTerminal ? `\r${title} … ${seconds()} s\n` : '');
  if (code === 0) return;
  stderr.write(`${readFileSync(join(logs, name), 'utf8')}\n${title} failed; the output above is in .work/${name}.\n`);
  exit(1);
}

/** Runs the real program under the pinned Node; Ctrl-C reaches it, and it decides when to end. */
function handOver() {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child?.kill(signal));
  const node = join(modules, '.bin', 'node');
  const options = { cwd: root, env: { ...env, PATH: path, NODE_NO_WARNINGS: '1' }, stdio: 'inherit' };
  let child;
  return new Promise((resolve) => {
    child = spawn(node, ['--conditions=@porchlight/source', join(root, program), ...rest], options);
    child.on('error', (error) => fail(resolve, error));
    child.on('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 1)));
  });
}

function run(file, args, options) {
  return new Promise((resolve) => {
    const child = spawn(file, args, options);
    child.on('error', (error) => fail(resolve, error));
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

function fail(resolve, error) {
  stderr.write(`${error.message}\n`);
  resolve(1);
}
