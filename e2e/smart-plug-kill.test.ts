import { afterAll, expect, test } from '@jest/globals';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Relay, startShellyGen2 } from '@porchlight/simulators';

/** How often it is killed, over all lanes. */
const kills = 200;
const lanes: readonly Kind[] = ['timer', 'timer', 'timer', 'no timer'];
/** Time in the process and in the plug runs this much faster than outside. */
const speed = 20;
const offSeconds = 6;
/** A whole cycle with its grace, and a little more, milliseconds outside. */
const cycleMs = ((offSeconds + 5) * 1000) / speed;

const program = fileURLToPath(new URL('../plugins/smart-plug/test/support/killable.ts', import.meta.url));
const closers: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

interface Lane {
  relay: Relay;
  folder: string;
  config: string;
  /** What has been seen, for the report. */
  offAtKill: number;
  noteAtKill: number;
}

/** With the timer of the plug (which fails in half of the rounds), and by two messages with none at all. */
const kinds = {
  timer: (port: number) => ({ type: 'shelly', host: '127.0.0.1', port }),
  'no timer': (port: number) => {
    const base = `http://127.0.0.1:${port}/rpc/Switch`;
    const urls = { onUrl: `${base}.Set?id=0&on=true`, offUrl: `${base}.Set?id=0&on=false` };
    return { type: 'http', ...urls, stateUrl: `${base}.GetStatus?id=0`, stateOn: '"output":true' };
  },
};
type Kind = keyof typeof kinds;

async function openLane(kind: Kind): Promise<Lane> {
  const relay = new Relay({ secondMs: 1000 / speed });
  const plug = await startShellyGen2({ relay });
  const folder = await mkdtemp(join(tmpdir(), 'porchlight-kill-'));
  closers.push(async () => {
    relay.cancel();
    await plug.close();
    await rm(folder, { recursive: true, force: true });
  });
  const config = { plugs: [{ name: 'Router', offSeconds, ...kinds[kind](plug.port) }] };
  return { relay, folder, config: JSON.stringify(config), offAtKill: 0, noteAtKill: 0 };
}

interface Running {
  child: ChildProcess;
  said: string[];
  /** Resolves when no cycle is under way. */
  idle(): Promise<void>;
}

function start({ folder, config }: Lane): Running {
  const child = fork(program, [folder, config, String(speed)], {
    execArgv: ['--conditions=@porchlight/source', '--no-warnings'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const said: string[] = [];
  const waiting = new Set<() => void>();
  child.on('message', (message: string) => {
    said.push(message);
    for (const look of waiting) look();
  });
  const idle = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`It does not come to rest: ${said.join(', ')}`)), 30_000);
      const look = (): void => {
        const isStarted = said.some((line) => line.startsWith('started'));
        if (!isStarted || !said.at(-1)?.endsWith('idle')) return;
        clearTimeout(timer);
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
  return { child, said, idle };
}

async function kill({ child }: Running): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function hasNote(lane: Lane): Promise<boolean> {
  const text = await readFile(join(lane.folder, 'cycles.json'), 'utf8').catch(() => '{"cycles":{}}');
  return Object.keys((JSON.parse(text) as { cycles: object }).cycles).length > 0;
}

/** Half of the kills fall on the first moments, where the note is written and the message is sent. */
function randomInstant(): number {
  return Math.random() < 0.5 ? Math.random() * 40 : Math.random() * cycleMs;
}

async function runLane(kind: Kind, count: number): Promise<Lane> {
  const lane = await openLane(kind);
  for (let round = 0; round < count; round++) {
    lane.relay.isTimerBroken = Math.random() < 0.5;
    const running = start(lane);
    await running.idle();
    // What the last kill left behind is mended: this is what the test is about.
    expect({ round, on: lane.relay.on, hasNote: await hasNote(lane) }).toEqual({ round, on: true, hasNote: false });
    running.child.send('run');
    await pause(randomInstant());
    await kill(running);
    if (!lane.relay.on) lane.offAtKill += 1;
    if (await hasNote(lane)) lane.noteAtKill += 1;
    if (Math.random() < 0.2) {
      const recovering = start(lane);
      await pause(200 + Math.random() * 400);
      await kill(recovering);
    }
  }
  const last = start(lane);
  await last.idle();
  expect({ on: lane.relay.on, hasNote: await hasNote(lane) }).toEqual({ on: true, hasNote: false });
  await pause(cycleMs);
  expect(lane.relay.on).toBe(true);
  await kill(last);
  return lane;
}

test(`killed at ${kills} random instants of a restart: after each the router is on and nothing is left to do`, async () => {
  const done = await Promise.all(lanes.map((kind) => runLane(kind, kills / lanes.length)));
  // It would prove nothing if no kill had hit the critical time.
  expect(done.reduce((sum, { offAtKill }) => sum + offAtKill, 0)).toBeGreaterThan(kills / 40);
  expect(done.reduce((sum, { noteAtKill }) => sum + noteAtKill, 0)).toBeGreaterThan(kills / 40);
}, 900_000);
