import { writeFileAtomic } from '@porchlight/core/node';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { demoFolder, homebridgeFolder } from './folder.ts';

export interface Homebridge {
  /** What an iPhone's camera reads: `X-HM://…`. */
  setupUri: string;
  stop(): Promise<void>;
}

const modules = fileURLToPath(new URL('../../node_modules', import.meta.url));
const pidFile = join(demoFolder, 'homebridge.pid');
const startTimeoutMs = 60_000;
const stopTimeoutMs = 5_000;

/** Starts the real Homebridge with the plugins of this repository; its whole output goes to `.demo/homebridge.log`. */
export async function startHomebridge(say: (line: string) => void): Promise<Homebridge> {
  const args = [join(modules, 'homebridge/bin/homebridge.js'), '-U', homebridgeFolder, '-P', modules, '-Q', '-C', '-T'];
  // Its own group: Ctrl-C on the terminal is for us, and we end it in order.
  await endLeftover();
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  await writeFileAtomic(pidFile, `${child.pid}\n`);
  const logFile = createWriteStream(join(demoFolder, 'homebridge.log'));
  child.stderr.pipe(logFile, { end: false });
  const recent: string[] = [];
  const setupUri = new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).on('line', (line) => {
      logFile.write(`${line}\n`);
      recent.push(line);
      if (recent.length > 20) recent.shift();
      const uri = /X-HM:\/\/\S+/.exec(line)?.[0];
      if (uri) resolve(uri);
    });
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`Homebridge did not start:\n${recent.join('\n')}`)));
    setTimeout(() => reject(new Error('Homebridge did not start within a minute.')), startTimeoutMs).unref();
  });
  const uri = await setupUri;
  child.once('exit', (code) => {
    if (!isStopping) say(`Homebridge has ended (code ${code}); see .demo/homebridge.log.`);
  });
  let isStopping = false;
  return {
    setupUri: uri,
    async stop() {
      isStopping = true;
      if (child.exitCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
      await ended;
      clearTimeout(timer);
    },
  };
}

/** A demo that was killed leaves its Homebridge behind, which would answer in this one's name. */
async function endLeftover(): Promise<void> {
  const pid = Number.parseInt(await readFile(pidFile, 'utf8').catch(() => ''), 10);
  if (!Number.isInteger(pid)) return;
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  if (commandLine.includes(homebridgeFolder)) process.kill(pid, 'SIGKILL');
}
