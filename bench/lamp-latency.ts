import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
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
}

const rounds = 300;
const main = fileURLToPath(new URL('../packages/host/dist/main.js', import.meta.url));
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
  const host = spawn(process.execPath, [main, 'run', '--config', folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  host.stdout.on('data', (text) => (output += String(text)));
  try {
    await until(() => output.includes('Running'), 20_000);
    return await measure(mosquitto.url);
  } finally {
    host.kill('SIGKILL');
    await mosquitto.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(url: string): Promise<LampFigures> {
  const probe = await openProbe(url, [lampSet, alarmState, 'bench/echo']);
  const [bare, lamp]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds + 20; round += 1) {
    await probe.settle(setMode('away'), alarmState, (text) => text.includes('"armed"'));
    await rest();
    const bareMs = await probe.time({ topic: 'bench/echo', payload: motionMessage().payload }, 'bench/echo');
    await rest();
    const lampMs = await probe.time(motionMessage(), lampSet, (text) => text.includes('"on":true'));
    await probe.settle(setMode('disarmed'), alarmState, (text) => text.includes('"disarmed"'));
    // The first rounds are for the compiler.
    if (round >= 20) {
      bare.push(bareMs);
      lamp.push(lampMs);
    }
  }
  await probe.close();
  return { lampRatioP50: ratio(lamp, bare, 0.5), lampRatioP99: ratio(lamp, bare, 0.99) };
}

if (import.meta.main) console.log(JSON.stringify(await benchLamp()));
