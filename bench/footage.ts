import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
/** Times that each of the two is measured when sound is compared with silence. */
const soundRounds = 5;
const mediaFolder = join(tmpdir(), 'porchlight-bench-film');

/** What the network allows: cameras of 100 Mbit/s, and an internet line of 100 Mbit/s. */
const profiles = {
  NoDelay: { route: 'lan', network: { lan: { deviceBitsPerSecond: 1e8 } }, rounds: 3 },
  Lan: { route: 'lan', network: { lan: { latencyMs: 20, deviceBitsPerSecond: 1e8 } }, rounds: 3 },
  Wan: { route: 'wan', network: { wan: { latencyMs: 80, totalBitsPerSecond: 1e8 } }, rounds: 1 },
  /** Nothing but the processor is the limit: no goal, for comparison. */
  Loopback: { route: 'lan', network: {}, rounds: 3 },
} as const;

type ProfileName = keyof typeof profiles;

export interface FootageFigures {
  /**
   * The worst of all profiles with a network: bytes per second on the wire, from the first segment that is asked for to
   * the last byte, to curl's, as the organisation sees both.
   */
  throughputRatioToCurl: number;
  [ratioOfOneProfile: `ratio${string}`]: number;
  /** The same for the whole command, as its user waits: start, lists, check and hash too, of which curl does nothing. */
  [wholeRatioOfOneProfile: `wholeRatio${string}`]: number;
  /** Time of the whole command with sound over that without, on the LAN profile. */
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
  const compared: [string, Comparison][] = [];
  for (const name of Object.keys(profiles) as ProfileName[]) compared.push([name, await compare(name, verified)]);
  compared.push(['Alerts', await compareAlerts(verified)]);
  const { audioTimeRatio, peakRssMbTenfold } = await measureSoundAndLength(verified);
  const withGoal = compared.filter(([name]) => name !== 'Loopback').map(([, { ratio }]) => ratio);
  return {
    throughputRatioToCurl: Math.min(...withGoal),
    ...Object.fromEntries(compared.map(([name, { ratio }]) => [`ratio${name}`, ratio])),
    ...Object.fromEntries(compared.map(([name, { wholeRatio }]) => [`wholeRatio${name}`, wholeRatio])),
    audioTimeRatio,
    peakRssMb: round(Math.max(...compared.map(([, { peak }]) => peak)), 0),
    peakRssMbTenfold,
    filesVerified: verified.good,
    filesMade: verified.made,
  };
}

interface Verified {
  good: number;
  made: number;
}

async function settle({ folder }: Measured, verified: Verified, films: number): Promise<void> {
  verified.made += films;
  verified.good += await countDecodable(folder);
  await remove(folder);
}

interface Comparison {
  ratio: number;
  wholeRatio: number;
  peak: number;
}

const onTheWire = ({ wire }: Measured): number => wire.bytes / wire.seconds;
const asAWhole = ({ bytes, seconds }: Measured): number => bytes / seconds;

/** The ratios of the medians; the two take turns, so that what else the machine does concerns both. */
async function takeTurns(
  ours: () => Promise<Measured>,
  curl: () => Promise<Measured>,
  { verified, films, rounds }: { verified: Verified; films: number; rounds: number },
): Promise<Comparison> {
  const runs: { ours: Measured[]; curl: Measured[] } = { ours: [], curl: [] };
  for (let turn = 0; turn < rounds; turn += 1) {
    const limit = await curl();
    runs.curl.push(limit);
    await remove(limit.folder);
    const measured = await ours();
    runs.ours.push(measured);
    await settle(measured, verified, films);
  }
  const compareBy = (speed: (measured: Measured) => number): number =>
    round(median(runs.ours.map(speed)) / median(runs.curl.map(speed)));
  const peak = Math.max(...runs.ours.map(({ peakRssMb }) => peakRssMb));
  return { ratio: compareBy(onTheWire), wholeRatio: compareBy(asAWhole), peak };
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

function compare(name: ProfileName, verified: Verified): Promise<Comparison> {
  const { route, network, rounds } = profiles[name];
  return inWorld({ network }, (world) => {
    const startSec = world.nowSec - 1000;
    const windows = world.cameras.map((camera) => ({ camera, startSec, durationSec: 60 }));
    const words = ['-s', String(startSec), '-u', '60', ...(route === 'wan' ? ['-w'] : [])];
    const curl = () => copyWithCurl(world, { route, windows, atOnce: 2 * cameras });
    return takeTurns(() => copyWithCommand(world, words), curl, { verified, films: cameras, rounds });
  });
}

function compareAlerts(verified: Verified): Promise<Comparison> {
  const alerts = 50;
  return inWorld({ alerts, network: profiles.Lan.network }, (world) => {
    const windows = Array.from({ length: alerts }, (_, index) => ({
      camera: world.cameras[index % cameras] ?? '',
      startSec: world.nowSec - 630 - 70 * Math.floor(index / cameras),
      durationSec: 60,
    }));
    const curl = () => copyWithCurl(world, { route: 'lan', windows, atOnce: 2 * cameras });
    return takeTurns(() => copyWithCommand(world, ['-al']), curl, { verified, films: alerts, rounds: 1 });
  });
}

/** With and without sound take turns, so that what else the machine does concerns both. */
async function measureSoundAndLength(
  verified: Verified,
): Promise<Pick<FootageFigures, 'audioTimeRatio' | 'peakRssMbTenfold'>> {
  const { network } = profiles.Lan;
  return inWorld({ network }, (silent) =>
    inWorld({ network, audio: true }, async (sounding) => {
      const copy = async (world: RunningWorld, startSec: number, lengthSec: number): Promise<Measured> => {
        const measured = await copyWithCommand(world, ['-s', String(startSec), '-u', String(lengthSec)]);
        await settle(measured, verified, cameras);
        return measured;
      };
      const seconds: Record<'silent' | 'sounding', number[]> = { silent: [], sounding: [] };
      for (let turn = 0; turn < soundRounds; turn += 1) {
        seconds.silent.push((await copy(silent, silent.nowSec - 1000, 60)).seconds);
        seconds.sounding.push((await copy(sounding, sounding.nowSec - 1000, 60)).seconds);
      }
      const { peakRssMb } = await copy(silent, silent.nowSec - 2000, 600);
      const audioTimeRatio = round(median(seconds.sounding) / median(seconds.silent));
      return { audioTimeRatio, peakRssMbTenfold: round(peakRssMb, 0) };
    }),
  );
}

if (import.meta.main) console.log(JSON.stringify(await benchFootage()));
