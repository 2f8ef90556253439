import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  copyWithCommand,
  copyWithCurl,
  countDecodable,
  remove,
  startWorld,
  type Measured,
} from './support/footage-runs.ts';
import type { RunningWorld } from './support/footage-runs.ts';

const run = promisify(execFile);
const cameras = 8;
const mediaFolder = '/tmp/porchlight-bench-film';

/** 20 ms per answer and 100 Mbit/s per camera; 80 ms and 100 Mbit/s in all. */
const profiles = {
  NoDelay: { route: 'lan', network: {}, rounds: 3 },
  Lan: { route: 'lan', network: { lan: { latencyMs: 20, deviceBitsPerSecond: 1e8 } }, rounds: 3 },
  Wan: { route: 'wan', network: { wan: { latencyMs: 80, totalBitsPerSecond: 1e8 } }, rounds: 1 },
} as const;

type ProfileName = keyof typeof profiles;

export interface FootageFigures {
  /** The worst of all profiles: bytes per second of the whole command, start, check and hash included, to curl's. */
  throughputRatioToCurl: number;
  [ratioOfOneProfile: `ratio${string}`]: number;
  /** Time with sound over time without, on the LAN profile. */
  audioTimeRatio: number;
  peakRssMb: number;
  /** The same with films ten times as long. */
  peakRssMbTenfold: number;
  /** Films that decode from begin to end. */
  filesVerified: number;
  filesMade: number;
}

const median = (numbers: number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
const round = (number: number, digits = 3): number => Number(number.toFixed(digits));

/** 8 cameras of 60 s and 50 alerts of 60 s (4 Mbit/s), beside `curl --parallel` of the same segments. */
export async function benchFootage(): Promise<FootageFigures> {
  // What users run is the built program: types are not taken out at every start.
  await run('npx', ['tsc', '-b', 'packages/footage'], { cwd: fileURLToPath(new URL('..', import.meta.url)) });
  const verified = { good: 0, made: 0 };
  const ratios: [string, number][] = [];
  let peakRssMb = 0;
  for (const name of Object.keys(profiles) as ProfileName[]) {
    const { ratio, peak } = await compare(name, verified);
    ratios.push([name, ratio]);
    peakRssMb = Math.max(peakRssMb, peak);
  }
  ratios.push(['Alerts', await compareAlerts(verified)]);
  const { audioTimeRatio, peakRssMbTenfold } = await measureSoundAndLength(verified);
  return {
    throughputRatioToCurl: Math.min(...ratios.map(([, ratio]) => ratio)),
    ...Object.fromEntries(ratios.map(([name, ratio]) => [`ratio${name}`, ratio])),
    audioTimeRatio,
    peakRssMb: round(peakRssMb, 0),
    peakRssMbTenfold,
    filesVerified: verified.good,
    filesMade: verified.made,
  };
}

interface Verified {
  good: number;
  made: number;
}

async function settle(measured: Measured, verified: Verified, films: number): Promise<number> {
  verified.made += films;
  verified.good += await countDecodable(measured.folder);
  await remove(measured.folder);
  return measured.bytes / measured.seconds;
}

/** The ratio of the medians; the two take turns, so that what else the machine does concerns both. */
async function takeTurns(
  ours: () => Promise<Measured>,
  curl: () => Promise<Measured>,
  { verified, films, rounds }: { verified: Verified; films: number; rounds: number },
): Promise<{ ratio: number; peak: number }> {
  const speeds: { ours: number[]; curl: number[] } = { ours: [], curl: [] };
  let peak = 0;
  for (let turn = 0; turn < rounds; turn += 1) {
    const limit = await curl();
    speeds.curl.push(limit.bytes / limit.seconds);
    await remove(limit.folder);
    const measured = await ours();
    peak = Math.max(peak, measured.peakRssMb);
    speeds.ours.push(await settle(measured, verified, films));
  }
  return { ratio: round(median(speeds.ours) / median(speeds.curl)), peak };
}

async function inWorld<T>(
  wish: { audio?: boolean; alerts?: number; network?: (typeof profiles)[ProfileName]['network'] },
  use: (world: RunningWorld) => Promise<T>,
): Promise<T> {
  const { audio = false, alerts = 0, network = {} } = wish;
  const world = await startWorld({ mediaFolder, cameras, audio, alerts, network });
  try {
    return await use(world);
  } finally {
    await world.stop();
  }
}

function compare(name: ProfileName, verified: Verified): Promise<{ ratio: number; peak: number }> {
  const { route, network, rounds } = profiles[name];
  return inWorld({ network }, (world) => {
    const startSec = world.nowSec - 1000;
    const windows = world.cameras.map((camera) => ({ camera, startSec, durationSec: 60 }));
    const words = ['-s', String(startSec), '-u', '60', ...(route === 'wan' ? ['-w'] : [])];
    const curl = () => copyWithCurl(world, { route, windows, atOnce: 2 * cameras });
    return takeTurns(() => copyWithCommand(world, words), curl, { verified, films: cameras, rounds });
  });
}

async function compareAlerts(verified: Verified): Promise<number> {
  const alerts = 50;
  const { ratio } = await inWorld({ alerts, network: profiles.Lan.network }, (world) => {
    const windows = Array.from({ length: alerts }, (_, index) => ({
      camera: world.cameras[index % cameras] ?? '',
      startSec: world.nowSec - 630 - 70 * Math.floor(index / cameras),
      durationSec: 60,
    }));
    const curl = () => copyWithCurl(world, { route: 'lan', windows, atOnce: 2 * cameras });
    return takeTurns(() => copyWithCommand(world, ['-al']), curl, { verified, films: alerts, rounds: 1 });
  });
  return ratio;
}

async function measureSoundAndLength(
  verified: Verified,
): Promise<Pick<FootageFigures, 'audioTimeRatio' | 'peakRssMbTenfold'>> {
  const time = (audio: boolean): Promise<{ seconds: number; tenfoldMb: number }> =>
    inWorld({ audio, network: profiles.Lan.network }, async (world) => {
      const seconds: number[] = [];
      for (let turn = 0; turn < profiles.Lan.rounds; turn += 1) {
        const measured = await copyWithCommand(world, ['-s', String(world.nowSec - 1000), '-u', '60']);
        seconds.push(measured.seconds);
        await settle(measured, verified, cameras);
      }
      if (audio) return { seconds: median(seconds), tenfoldMb: 0 };
      const long = await copyWithCommand(world, ['-s', String(world.nowSec - 2000), '-u', '600']);
      await settle(long, verified, cameras);
      return { seconds: median(seconds), tenfoldMb: long.peakRssMb };
    });
  const [silent, sounding] = [await time(false), await time(true)];
  return { audioTimeRatio: round(sounding.seconds / silent.seconds), peakRssMbTenfold: round(silent.tenfoldMb, 0) };
}

if (import.meta.main) console.log(JSON.stringify(await benchFootage()));
