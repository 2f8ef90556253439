import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, until } from '@porchlight/core/testing';
import { uiProgram } from './install-ui.ts';

export interface HomebridgeUi {
  url: string;
  /** What a browser keeps after the login. */
  token: string;
  folder: string;
  lines: string[];
  stop(): Promise<void>;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const startTimeoutMs = 60_000;

/** Starts the UI with an empty home, makes its first user and logs in. */
export async function startHomebridgeUi(): Promise<HomebridgeUi> {
  const folder = await mkdtemp(join(tmpdir(), 'porchlight-ui-'));
  const port = await freePort();
  const bridge = { name: 'Homebridge', username: '0E:11:22:33:44:55', port: await freePort(), pin: '031-45-154' };
  const config = {
    bridge: { ...bridge, advertiser: 'bonjour-hap' },
    accessories: [],
    platforms: [{ platform: 'config', name: 'Config', port, host: '127.0.0.1' }],
  };
  await writeFile(join(folder, 'config.json'), JSON.stringify(config));
  const args = [uiProgram, 'run', '-U', folder, '-P', join(root, 'node_modules'), '--allow-root', '--stdout'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true, cwd: folder });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => lines.push(String(text)));
  const url = `http://127.0.0.1:${port}`;
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.pid) {
      const ended = once(child, 'exit');
      process.kill(-child.pid, 'SIGKILL');
      await ended;
    }
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    await until(
      () =>
        fetch(url).then(
          (answer) => answer.ok,
          () => false,
        ),
      startTimeoutMs,
    );
    const user = { name: 'Owner', username: 'owner', password: 'owner-password' };
    await post(`${url}/api/setup-wizard/create-first-user`, user);
    const { access_token: token } = (await post(`${url}/api/auth/login`, user)) as { access_token: string };
    return { url, token, folder, lines, stop };
  } catch (error) {
    await stop();
    throw new Error(`The Homebridge UI did not start:\n${lines.slice(-20).join('')}`, { cause: error });
  }
}

async function post(url: string, body: object): Promise<unknown> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${new URL(url).pathname} answered ${answer.status}: ${await answer.text()}`);
  return answer.json();
}
