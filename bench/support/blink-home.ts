import { freePort, until } from '@porchlight/core/testing';
import { startBlink, type Blink } from '@porchlight/simulators';
import { readFile } from 'node:fs/promises';
import { pair } from '../../e2e/support/controller.ts';
import { createHomebridge, type Homebridge } from '../../e2e/support/homebridge.ts';

export interface IdleCost {
  rssMb: number;
  cpuPercent: number;
}

const rounds = 12;
const settleMs = 10_000;
const measureMs = 25_000;
/** Processor time in /proc is counted in hundredths of a second. */
const tickMs = 10;

/** A signed-in account without a PIN whose clips are short, so that a round does not take long. */
async function openAccount(): Promise<Blink> {
  const blink = await startBlink({ now: () => Date.now() });
  blink.account.twoFactor = 'none';
  blink.scenario.removeNetwork(2002);
  blink.scenario.uploadMs = 500;
  for (const camera of blink.account.cameras) Object.assign(camera, { clipSeconds: 1, retriggerSeconds: 0 });
  return blink;
}

async function openHomebridge(blink: Blink | undefined, settings: object = {}): Promise<Homebridge> {
  if (!blink) return createHomebridge({ platforms: [] });
  const { email, password } = blink.account;
  const api = { oauthUrl: blink.url, restUrl: blink.url };
  const block = { platform: 'PorchlightBlink', email, password, api, broker: { port: await freePort() }, ...settings };
  return createHomebridge({ platforms: [block] });
}

/**
 * The way from the question that brings a recording to the controller's notification, in ms, in real time: a real Homebridge,
 * a paired controller and the simulated account, over sockets.
 */
export async function measureLastLeg(): Promise<number[]> {
  const blink = await openAccount();
  const homebridge = await openHomebridge(blink, { motionSeconds: 1, polling: { armedSeconds: 5 } });
  try {
    await homebridge.start();
    const controller = await pair(homebridge);
    let onMotion: (at: number) => void = () => undefined;
    await controller.watch('MotionSensor', 'MotionDetected', (value) => value && onMotion(Date.now()));
    const legs: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const heard = new Promise<number>((resolve) => (onMotion = resolve));
      const visibleAt = showMotion(blink);
      const at = await heard;
      legs.push(at - (blink.log.of('media/changed', visibleAt)[0]?.at ?? Number.NaN));
      // The sensor has to be calm again.
      await until(async () => !(await controller.read('MotionSensor', 'MotionDetected')));
    }
    await controller.close();
    return legs;
  } finally {
    await homebridge.remove();
    await blink.close();
  }
}

/** Every camera sees something, so that it does not matter which of them the controller watches; when it is visible. */
function showMotion(blink: Blink): number {
  const rows = blink.account.cameras.flatMap(({ id }) => blink.scenario.trigger(id) ?? []);
  return Math.max(...rows.map(({ uploadedAt }) => uploadedAt));
}

/** What Homebridge takes in a quiet time, with the plugin on an armed account or with no plugin at all. */
export async function measureIdle(hasPlugin: boolean): Promise<IdleCost> {
  const blink = hasPlugin ? await openAccount() : undefined;
  const homebridge = await openHomebridge(blink);
  try {
    await homebridge.start();
    await rest(settleMs);
    const before = await processorMs(homebridge.pid());
    await rest(measureMs);
    const cpuPercent = (((await processorMs(homebridge.pid())) - before) / measureMs) * 100;
    return { cpuPercent, rssMb: await residentMb(homebridge.pid()) };
  } finally {
    await homebridge.remove();
    await blink?.close();
  }
}

function rest(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Processor time of a process so far, threads included. */
async function processorMs(pid: number): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).replace(/^.*\) /, '').split(' ');
  return (Number(fields[11]) + Number(fields[12])) * tickMs;
}

async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}
