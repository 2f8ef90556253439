import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { pair } from '../e2e/support/controller.ts';
import { createHomebridge, type Homebridge } from '../e2e/support/homebridge.ts';
import { startMosquitto } from '../packages/bus/test/support/mosquitto.ts';
import { percentile, ratio } from './support/figures.ts';
import { alarmState, motionMessage, openProbe, rest, setMode, type Probe } from './support/mqtt-probe.ts';

export interface HomekitFigures {
  /** Motion event in → controller notified, as a multiple of a plugin that only updates MotionDetected on the message. */
  homekitRatioP50: number;
  homekitRatioP95: number;
  homekitRatioP99: number;
  /** Resident memory of Homebridge with the alarm, minus Homebridge with that plugin and its mqtt client, MB. */
  extraRssMb: number;
}

const rounds = 200;
const runs = 3;
const settleMs = 8_000;
const fixtures = fileURLToPath(new URL('fixtures', import.meta.url));

/** Real Homebridge, real Mosquitto, real controllers; both bridges in the same run, each with the machine to itself. */
export async function benchHomekit(): Promise<HomekitFigures> {
  const mosquitto = await startMosquitto();
  try {
    const latency = await measureLatency(mosquitto.url);
    const memory = await measureMemory(mosquitto.url);
    return { ...latency, ...memory };
  } finally {
    await mosquitto.stop();
  }
}

const openAlarm = (url: string): Promise<Homebridge> =>
  createHomebridge({
    platforms: [
      { platform: 'PorchlightEventAlarm', name: 'Alarm', thresholdEventCount: 1, sensor: 'motion', broker: { url } },
    ],
  });
const openPeer = (url: string): Promise<Homebridge> =>
  createHomebridge({ platforms: [{ platform: 'BenchMotion', name: 'Peer', url }], pluginPath: fixtures });

async function measureLatency(url: string): Promise<Omit<HomekitFigures, 'extraRssMb'>> {
  const bridges = [await openAlarm(url), await openPeer(url)];
  const probe = await openProbe(url, [alarmState]);
  try {
    const watches = [];
    for (const bridge of bridges) {
      await bridge.start();
      watches.push(await watchMotion(bridge));
    }
    const [alarm = [], peer = []] = await playRounds(probe, watches);
    return {
      homekitRatioP50: ratio(alarm, peer, 0.5),
      homekitRatioP95: ratio(alarm, peer, 0.95),
      homekitRatioP99: ratio(alarm, peer, 0.99),
    };
  } finally {
    await probe.close();
    for (const bridge of bridges) await bridge.remove();
  }
}

interface Watch {
  /** Resolves with the time at which the controller next hears of a motion. */
  next(): Promise<number>;
}

async function watchMotion(bridge: Homebridge): Promise<Watch> {
  const controller = await pair(bridge);
  let notify: (at: number) => void = () => undefined;
  await controller.watch('MotionSensor', 'MotionDetected', (value) => {
    if (value) notify(performance.now());
  });
  return { next: () => new Promise((resolve) => (notify = resolve)) };
}

/** Topics to which the alarm and its peer listen, in this order; neither hears the other's. */
const topics = [motionMessage().topic, 'peer/motion'];

async function playRounds(probe: Probe, watches: readonly Watch[]): Promise<number[][]> {
  const times: number[][] = watches.map(() => []);
  for (let round = 0; round < rounds + 20; round += 1) {
    await probe.settle(setMode('away'), alarmState, (text) => text.includes('"armed"'));
    for (const [index, watch] of watches.entries()) {
      await rest();
      const { payload } = motionMessage();
      const heard = watch.next();
      const startedAt = performance.now();
      const sent = probe.publish(topics[index] ?? '', payload);
      const took = (await heard) - startedAt;
      await sent;
      // The first rounds are for the compiler.
      if (round >= 20) times[index]?.push(took);
    }
    await probe.publish('peer/calm', '');
    await probe.settle(setMode('disarmed'), alarmState, (text) => text.includes('"disarmed"'));
  }
  return times;
}

async function measureMemory(url: string): Promise<Pick<HomekitFigures, 'extraRssMb'>> {
  const measured: Record<'alarm' | 'peer', number[]> = { alarm: [], peer: [] };
  for (let run = 0; run < runs; run += 1) {
    for (const [name, open] of [
      ['alarm', openAlarm],
      ['peer', openPeer],
    ] as const) {
      const bridge = await open(url);
      await bridge.start();
      // What start-up has left behind is collected while nothing happens.
      await new Promise((resolve) => setTimeout(resolve, settleMs));
      measured[name].push(await residentMb(bridge.pid()));
      await bridge.remove();
    }
  }
  return { extraRssMb: Number((percentile(measured.alarm, 0.5) - percentile(measured.peer, 0.5)).toFixed(1)) };
}

async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}

if (import.meta.main) console.log(JSON.stringify(await benchHomekit()));
