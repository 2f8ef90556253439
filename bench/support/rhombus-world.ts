import { createFleet, startRhombus, type Network, type Rhombus } from '@porchlight/simulators';
import { argv, stdin, stdout } from 'node:process';
import { createInterface } from 'node:readline';

/** What a bench wants of its organisation; given as JSON on the command line. */
export interface WorldWish {
  mediaFolder: string;
  cameras: number;
  audio: boolean;
  network: { lan?: Network; wan?: Network };
  /** Alerts of one minute each (half of it before the alert, half after), spread over the cameras. */
  alerts: number;
}

/** What it writes as one line once it runs. */
export interface World {
  apiUrl: string;
  authority: string;
  cameras: string[];
  /** Epoch second before which there is footage. */
  nowSec: number;
}

/** What has gone over the wire since the last question: from the first segment that was asked for to the last byte. */
export interface Wire {
  bytes: number;
  seconds: number;
}

function readWire({ ledger }: Rhombus): Wire {
  const segments = ledger.media.filter(({ part }) => part === 'segment');
  const bytes = segments.reduce((sum, entry) => sum + entry.bytes, 0);
  const endedAt = Math.max(...segments.map((entry) => entry.endedAt ?? 0));
  const seconds = (endedAt - Math.min(...segments.map(({ at }) => at))) / 1000;
  ledger.clear();
  return { bytes, seconds };
}

// A process of its own, so that its work is not counted as the copier's.
if (import.meta.main) {
  const wish = JSON.parse(argv[2] ?? '{}') as WorldWish;
  const nowSec = Math.floor(Date.now() / 1000);
  const rhombus = await startRhombus({
    mediaFolder: wish.mediaFolder,
    now: Date.now,
    organisation: createFleet(nowSec, wish),
    film: { width: 640, height: 360, fps: 5, loopSeconds: 60, bitsPerSecond: 4_000_000 },
  });
  Object.assign(rhombus.settings, { rateLimit: undefined });
  Object.assign(rhombus.settings.network.lan, wish.network.lan);
  Object.assign(rhombus.settings.network.wan, wish.network.wan);
  const cameras = rhombus.cameras.map(({ uuid }) => uuid);
  for (let count = 0; count < wish.alerts; count += 1) {
    const deviceUuid = cameras[count % cameras.length] ?? '';
    const timestampMs = (nowSec - 600 - 70 * Math.floor(count / cameras.length)) * 1000;
    await rhombus.scenario.raiseAlert({ deviceUuid, timestampMs, durationSec: 0 });
  }
  const world: World = { apiUrl: rhombus.apiUrl, authority: rhombus.authority, cameras, nowSec };
  stdout.write(`${JSON.stringify(world)}\n`);
  // Every line is a question.
  createInterface(stdin)
    .on('line', () => stdout.write(`${JSON.stringify(readWire(rhombus))}\n`))
    .on('close', () => void rhombus.close());
}
