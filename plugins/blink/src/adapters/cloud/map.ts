import type * as z from 'zod';
import type { MediaRow } from '../../domain/media-row.ts';
import type { CameraKind, FoundCamera, FoundNetwork, Home } from '../../ports.ts';
import {
  cameraSchema,
  labelSchema,
  mediaRowSchema,
  networkSchema,
  syncModuleSchema,
  type WireCamera,
  type WireHomescreen,
  type WireMediaRow,
} from './schema.ts';

export interface MapSettings {
  temperatureUnit: 'fahrenheit' | 'celsius';
}

/** The entries of a list that can be read, and how many cannot. */
export function readEach<T>(schema: z.ZodType<T, unknown>, list: readonly unknown[] = []): { good: T[]; bad: number } {
  const good = list.flatMap((entry) => {
    const read = schema.safeParse(entry);
    return read.success ? [read.data] : [];
  });
  return { good, bad: list.length - good.length };
}

/** Cameras are told apart by the list they stand in, so that new models need no update. */
const kinds: readonly [list: 'cameras' | 'owls' | 'doorbells', kind: CameraKind][] = [
  ['cameras', 'camera'],
  ['owls', 'owl'],
  ['doorbells', 'doorbell'],
];

export function toHome(answer: WireHomescreen, account: string, settings: MapSettings): Home {
  const networks = readEach(networkSchema, answer.networks);
  const modules = readEach(syncModuleSchema, answer.sync_modules);
  const cameras = kinds.map(([list, kind]) => ({ kind, ...readEach(cameraSchema, answer[list]) }));
  return {
    networks: networks.good.map((network): FoundNetwork => {
      const sync = modules.good.find(({ network_id }) => network_id === network.id);
      return {
        id: network.id,
        name: network.name ?? `System ${network.id}`,
        isArmed: network.armed,
        hasStorage:
          sync?.local_storage_enabled === true &&
          sync.local_storage_compatible !== false &&
          sync.local_storage_status === 'active',
        ...(sync && {
          sync: {
            id: sync.id,
            isOnline: sync.status === undefined || sync.status === 'online',
            ...(sync.serial !== undefined && { serial: sync.serial }),
            ...(sync.fw_version !== undefined && { firmware: sync.fw_version }),
          },
        }),
      };
    }),
    cameras: cameras.flatMap(({ kind, good }) => good.map((camera) => toCamera(kind, camera, { account, settings }))),
    unreadable: networks.bad + modules.bad + cameras.reduce((sum, { bad }) => sum + bad, 0),
    updateRequired: answer.app_updates?.update_required ?? false,
  };
}

function toCamera(
  kind: CameraKind,
  camera: WireCamera,
  { account, settings }: { account: string; settings: MapSettings },
): FoundCamera {
  const { id, network_id: network, name, serial, fw_version, battery, enabled, signals } = camera;
  const type = camera.type ?? kind;
  const celsius = signals?.temp === undefined ? undefined : toCelsius(signals.temp, settings);
  const thumbnail = toThumbnail(camera, { account, type });
  return {
    id,
    network,
    kind,
    type,
    name: name ?? `Camera ${id}`,
    isOnline: camera.status !== 'offline',
    ...(serial !== undefined && { serial }),
    ...(fw_version !== undefined && { firmware: fw_version }),
    ...(enabled !== undefined && { isEnabled: enabled }),
    ...(battery !== undefined && { hasLowBattery: battery === 'low' }),
    ...(celsius !== undefined && { celsius }),
    ...(thumbnail !== undefined && { thumbnail }),
  };
}

function toCelsius(value: number, { temperatureUnit }: MapSettings): number {
  const celsius = temperatureUnit === 'celsius' ? value : ((value - 32) * 5) / 9;
  return Math.max(-100, Math.round(celsius * 10) / 10);
}

/** Three forms are known: a whole address, one without an ending, and only the time of the picture. */
function toThumbnail(camera: WireCamera, { account, type }: { account: string; type: string }): string | undefined {
  const { id, network_id: network, thumbnail } = camera;
  if (typeof thumbnail === 'number') {
    const folder = `/api/v3/media/accounts/${account}/networks/${network}/${encodeURIComponent(type)}/${id}`;
    return `${folder}/thumbnail/thumbnail.jpg?ts=${thumbnail}&ext=`;
  }
  if (thumbnail === undefined || /[?&]ext=/.test(thumbnail) || thumbnail.endsWith('.jpg')) return thumbnail;
  return `${thumbnail}.jpg`;
}

/** The recordings of an answer; rows without camera, number or time cannot be read. */
export function toMediaRows(rows: readonly unknown[]): { good: MediaRow[]; bad: number } {
  const { good, bad } = readEach(mediaRowSchema, rows);
  return { good: good.map(toMediaRow), bad };
}

function toMediaRow(row: WireMediaRow): MediaRow {
  const pathWord = readPathWord(row);
  const label = readLabel(row.metadata ?? {});
  return {
    id: row.id,
    device: row.device_id,
    network: row.network_id,
    createdAt: row.created_at,
    isDeleted: row.deleted === true || (typeof row.deleted === 'number' && row.deleted !== 0),
    source: row.source,
    ...(pathWord !== undefined && { pathWord }),
    ...(label !== undefined && { label }),
    ...(row.media !== undefined && { media: row.media }),
    ...(row.thumbnail !== undefined && { thumbnail: row.thumbnail }),
    ...(row.device_name !== undefined && { cameraName: row.device_name }),
    ...(row.device !== undefined && { cameraType: row.device }),
  };
}

/** `…/catalina/4001/pir/7001.mp4`: the folder of the recording is named after what made it. */
function readPathWord({ media, thumbnail }: WireMediaRow): string | undefined {
  for (const path of [media, thumbnail]) {
    const word = path && /\/([a-z_]+)\/[^/]+$/.exec(path.split('?')[0] ?? '')?.[1];
    if (word) return word;
  }
  return undefined;
}

const labels: readonly [RegExp, string][] = [
  [/person|human/i, 'person'],
  [/vehicle|car\b/i, 'vehicle'],
  [/animal|pet|dog|cat\b/i, 'animal'],
  [/package|parcel/i, 'package'],
];

function readLabel(metadata: Readonly<Record<string, unknown>>): string | undefined {
  const words = ['label', 'labels', 'cv_detection', 'cv_detections', 'detections'].flatMap(
    (key) => labelSchema.safeParse(metadata[key]).data ?? [],
  );
  return labels.find(([pattern]) => words.some((word) => pattern.test(word)))?.[1];
}
