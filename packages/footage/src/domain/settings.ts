import type * as z from 'zod';
import {
  createOptionsSchema,
  type lanTrusts,
  type Options,
  type ReadingParts,
  type verifications,
} from './options-schema.ts';
import { fullName, longName, optionTable } from './option-table.ts';
import type { Given } from './parse-arguments.ts';
import type { Schedule } from './schedule.ts';

/** Everything a run needs to know, apart from the API key. Times in epoch seconds. */
export interface Settings {
  mode: 'manual' | 'alerts';
  /** Manual mode: the footage asked for. */
  window: { startSec: number; durationSec: number };
  alerts: { max: number; bufferSec: number; beforeSec?: number; afterSec?: number };
  only: { cameraUuid?: string; locationUuid?: string; cameras: string[]; locations: string[] };
  network: {
    apiUrl: string;
    useWan: boolean;
    lanTrust: (typeof lanTrusts)[number];
    lanPins: string[];
    certFile?: string;
    keyFile?: string;
    caFile?: string;
  };
  limits: { cameras: number; segmentsInFlight: number };
  disk: {
    output: string;
    minFreeBytes: number;
    whenFull: 'stop' | 'rotate';
    keepDays?: number;
    keepBytes?: number;
  };
  verify: (typeof verifications)[number];
  ffmpeg: string;
  stay: { watch: boolean; intervalSec: number; schedule?: Schedule };
  say: { isDryRun: boolean; isJson: boolean; isQuiet: boolean; isDebug: boolean };
}

export type SettingsResult = { ok: true; settings: Settings; warnings: string[] } | { ok: false; problem: string };

const regions: Readonly<Record<string, string>> = {
  us: 'https://api2.rhombussystems.com',
  eu: 'https://api2.eu.rhombussystems.com',
};

/** Turns the words of the command line into settings; the first thing that is wrong comes back as a sentence. */
export function readSettings(given: Given, parts: ReadingParts): SettingsResult {
  const parsed = createOptionsSchema(parts).safeParse(lastValues(given));
  if (!parsed.success) return { ok: false, problem: describeProblem(parsed.error) };
  const problem = findConflict(parsed.data, given);
  if (problem) return { ok: false, problem };
  return { ok: true, settings: toSettings(parsed.data, parts), warnings: findOddities(parsed.data, given) };
}

function lastValues(given: Given): Record<string, unknown> {
  const repeatable = new Set(optionTable.filter(({ isRepeatable }) => isRepeatable).map(({ name }) => name));
  return Object.fromEntries([...given].map(([name, values]) => [name, repeatable.has(name) ? values : values.at(-1)]));
}

function describeProblem(error: z.ZodError): string {
  const issue = error.issues[0];
  const spec = optionTable.find(({ name }) => name === issue?.path[0]);
  return `argument ${spec ? fullName(spec) : '?'}: ${issue?.message ?? 'not understood'}`;
}

/** Options of which only one may be given. */
const rivals: readonly (readonly [string, string])[] = [
  ['start_time', 'since'],
  ['duration', 'until'],
  ['before_time', 'until'],
  ['after_time', 'since'],
  ['region', 'api_url'],
  ['watch', 'schedule'],
  ['watch', 'dry_run'],
];

function findConflict(options: Options, given: Given): string | undefined {
  const clash = rivals.find(([one, other]) => given.has(one) && given.has(other));
  if (clash) return `${nameOf(clash[0])} and ${nameOf(clash[1])} cannot be used together`;
  const { since, until } = options;
  const from = options.start_time ?? since;
  if (from !== undefined && until !== undefined && until <= from) return 'the end lies before the begin';
  return undefined;
}

function findOddities(options: Options, given: Given): string[] {
  const isHalf = (options.cert === undefined) !== (options.private_key === undefined);
  const isAlerts = isAlertMode(options);
  const idle = (isAlerts ? ['start_time', 'duration'] : ['max_alerts', 'before_time', 'after_time', 'alert_buffer'])
    .filter((name) => given.has(name))
    .map((name) => `${nameOf(name)} has no meaning ${isAlerts ? 'with' : 'without'} --alerts.`);
  return [...(isHalf ? ['--cert and --private_key belong together: neither is used.'] : []), ...idle];
}

function nameOf(name: string): string {
  const spec = optionTable.find((candidate) => candidate.name === name);
  return spec ? longName(spec) : name;
}

function isAlertMode(options: Options): boolean {
  return (options.alerts ?? false) || (options.watch ?? false);
}

function toSettings(options: Options, { nowSec }: ReadingParts): Settings {
  const { since, until } = options;
  const startSec = options.start_time ?? since ?? (until ?? nowSec) - (options.duration ?? 3600);
  const endSec = until ?? (since === undefined ? undefined : nowSec);
  const durationSec = options.duration ?? (endSec === undefined ? 3600 : Math.max(1, endSec - startSec));
  // As in the original, a time of 0 stands for none.
  const beforeSec = options.before_time || until;
  const afterSec = options.after_time || since;
  return {
    mode: isAlertMode(options) ? 'alerts' : 'manual',
    window: { startSec, durationSec },
    alerts: {
      max: options.max_alerts ?? 100,
      bufferSec: options.alert_buffer ?? 30,
      ...(beforeSec !== undefined && { beforeSec }),
      ...(afterSec !== undefined && { afterSec }),
    },
    only: {
      cameras: options.camera ?? [],
      locations: options.location ?? [],
      ...(options.camera_uuid !== undefined && { cameraUuid: options.camera_uuid }),
      ...(options.location_uuid !== undefined && { locationUuid: options.location_uuid }),
    },
    network: readNetwork(options),
    limits: { cameras: options.concurrency ?? 1000, segmentsInFlight: options.segments_in_flight ?? 2 },
    disk: readDisk(options),
    verify: options.verify ?? 'keyframes',
    ffmpeg: options.ffmpeg ?? 'ffmpeg',
    stay: {
      watch: options.watch ?? false,
      intervalSec: options.interval ?? 60,
      ...(options.schedule !== undefined && { schedule: options.schedule }),
    },
    say: {
      isDryRun: options.dry_run ?? false,
      isJson: options.json ?? false,
      isQuiet: options.quiet ?? false,
      isDebug: options.debug ?? false,
    },
  };
}

function readNetwork(options: Options): Settings['network'] {
  const { cert, private_key: key } = options;
  return {
    apiUrl: options.api_url ?? regions[options.region ?? 'us'] ?? '',
    useWan: options.usewan ?? false,
    lanTrust: options.lan_trust ?? 'pin',
    lanPins: options.lan_pin ?? [],
    ...(cert !== undefined && key !== undefined && { certFile: cert, keyFile: key }),
    ...(options.ca_file !== undefined && { caFile: options.ca_file }),
  };
}

function readDisk(options: Options): Settings['disk'] {
  return {
    output: options.output ?? '.',
    minFreeBytes: options.min_free ?? 1e9,
    whenFull: options.when_full ?? 'stop',
    ...(options.keep_days !== undefined && { keepDays: options.keep_days }),
    ...(options.keep_bytes !== undefined && { keepBytes: options.keep_bytes }),
  };
}
