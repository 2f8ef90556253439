import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from '@porchlight/core/testing';
import { startMosquitto } from '../packages/bus/test/support/mosquitto.ts';
import { ratio } from './support/figures.ts';
import { alarmState, motionMessage, openProbe, rest, setMode } from './support/mqtt-probe.ts';

export interface LampFigures {
  /** Event in → switch command out, as a multiple of the bare round trip through the same broker in the same run. */
  lampRatioP50: number;
  lampRatioP99: number;
  /** The same for a process that passes each message on and does nothing else: what no decision can be quicker than. */
  relayRatioP50: number;
}

const rounds = 300;
const main = fileURLToPath(new URL('../packages/host/dist/main.js', import.meta.url));
const relay = fileURLToPath(new URL('fixtures/relay.js', import.meta.url));
const lampSet = 'porchlight/usb-power/lamp/switch/set';

/** The alarm runs in its own process, as built; each round is beside a bare round trip. */
export async function benchLamp(): Promise<LampFigures> {
  const mosquitto = await startMosquitto();
  const folder = await mkdtemp(join(tmpdir(), 'porchlight-bench-'));
  const alarm = { thresholdEventCount: 1, switches: [{ device: 'usb-power/lamp' }] };
  const config = {
    broker: { url: mosquitto.url },
    homeAssistant: { discovery: false },
    services: { 'event-alarm': alarm },
  };
  await writeFile(join(folder, 'porchlight.json'), JSON.stringify(config));
  const processes: ChildProcess[] = [];
  try {
    for (const args of [
      [main, 'run', '--config', folder],
      [relay, mosquitto.url],
    ]) {
      const output = join(folder, `${processes.length}.log`);
      processes.push(await startProcess(args, output));
      await until(async () => (await readFile(output, 'utf8')).includes('Running'), 20_000);
    }
    return await measure(mosquitto.url);
  } finally {
    for (const each of processes) each.kill('SIGKILL');
    await mosquitto.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Its output goes to a file: a log line that wakes this process would count as latency. */
async function startProcess(args: readonly string[], output: string): Promise<ChildProcess> {
  const file = await open(output, 'w');
  const started = spawn(process.execPath, args, { stdio: ['ignore', file.fd, 'inherit'] });
  await file.close();
  return started;
}

async function measure(url: string): Promise<LampFigures> {
  const probe = await openProbe(url, [lampSet, alarmState, 'bench/echo', 'relay/out']);
  const [bare, relayed, lamp]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < rounds + 20; round += 1) {
    await probe.settle(setMode('away'), alarmState, (text) => text.includes('"armed"'));
    const { payload } = motionMessage();
    await rest();
    const bareMs = await probe.time({ topic: 'bench/echo', payload }, 'bench/echo');
    await rest();
    const relayMs = await probe.time({ topic: 'relay/in', payload }, 'relay/out');
    await rest();
    const lampMs = await probe.time(motionMessage(), lampSet, (text) => text.includes('"on":true'));
    await probe.settle(setMode('disarmed'), alarmState, (text) => text.includes('"disarmed"'));
    // The first rounds are for the compiler.
    if (round < 20) continue;
    bare.push(bareMs);
    relayed.push(relayMs);
    lamp.push(lampMs);
  }
  await probe.close();
  return {
    lampRatioP50: ratio(lamp, bare, 0.5),
    lampRatioP99: ratio(lamp, bare, 0.99),
    relayRatioP50: ratio(relayed, bare, 0.5),
  };
}

if (import.meta.main) console.log(JSON.stringify(await benchLamp()));
