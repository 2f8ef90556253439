import type { BlinkConfig } from '@porchlight/config-schemas';
import type { Clock, DeviceEvent, Log } from '@porchlight/core';
import {
  defaultDiffSettings,
  diffMedia,
  type Clocks,
  type DiffState,
  type Occurrence,
} from '../../domain/media-diff.ts';
import { isKnownSource, type MediaRow } from '../../domain/media-row.ts';
import type { FoundCamera } from '../../ports.ts';
import type { Clips } from '../clips/client.ts';
import type { Pictures } from '../pictures/client.ts';

export interface RecordingsParts {
  config: BlinkConfig;
  pictures: Pictures;
  clips: Clips;
  camera(id: string): FoundCamera | undefined;
  clocks(): Clocks;
  happen(occurrence: Occurrence, media: DeviceEvent['media']): boolean;
  snapshotTaken(camera: string, newest: string): void;
}

/** What began longer ago than this before the very first list is not told of, in ms. */
const firstLookMs = 120_000;
/** Films of what happened so shortly before an alarm belong to it, in ms. */
const beforeAlarmMs = 600_000;

/** Turns recordings into events, each once, with their pictures and films. */
export class Recordings {
  readonly #parts: RecordingsParts;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #odd = new Set<string>();
  #diff: DiffState | undefined;
  #recent: Occurrence[] = [];
  #isRinging = false;
  /** From the start of the last recording to our event, in ms. */
  delayMs: number | undefined;
  /** By the clock that never goes back. */
  lastMotionAt: number | undefined;

  constructor(parts: RecordingsParts, { clock, log }: { clock: Clock; log: Log }) {
    this.#parts = parts;
    this.#clock = clock;
    this.#log = log;
  }

  /** Undefined before the first list: only its answer tells what time it is at Blink. */
  get known(): DiffState | undefined {
    return this.#diff;
  }

  get state(): DiffState {
    const { local, cloud } = this.#parts.clocks();
    return this.#diff ?? { horizon: Math.min(local, cloud) - firstLookMs, seen: [] };
  }

  restore(diff: DiffState | undefined): void {
    this.#diff = diff;
  }

  /** True when something new has happened. */
  take(rows: readonly MediaRow[]): boolean {
    const clocks = this.#parts.clocks();
    this.#hintAtOdd(rows);
    const shown = rows.filter(({ device }) => this.#parts.camera(device) !== undefined);
    const before = this.state;
    const { state, occurrences } = diffMedia(defaultDiffSettings, before, shown, clocks);
    this.#diff = state;
    for (const occurrence of occurrences) this.#tell(occurrence, clocks);
    return state !== before;
  }

  /** While an alarm rings, films of what leads to it and of what follows are kept. */
  ring(isRinging: boolean): void {
    this.#isRinging = isRinging;
    if (!isRinging || this.#parts.config.clips.save !== 'alarm') return;
    for (const occurrence of this.#recent) this.#saveClip(occurrence);
  }

  #tell(occurrence: Occurrence, clocks: Clocks): void {
    const { row, meaning, isFresh } = occurrence;
    const { config, pictures, happen, snapshotTaken } = this.#parts;
    const path =
      config.snapshots && isFresh && row.thumbnail !== undefined
        ? pictures.fetch(row.thumbnail, { camera: row.device, name: row.id, at: row.createdAt }, (newest) =>
            snapshotTaken(row.device, newest),
          )
        : undefined;
    happen(occurrence, path === undefined ? undefined : [{ kind: 'image', path }]);
    if (isFresh) {
      this.delayMs = Math.max(0, clocks.cloud - row.createdAt);
      if (meaning === 'motion') this.lastMotionAt = this.#clock.monotonic();
    }
    const since = clocks.local - beforeAlarmMs;
    this.#recent = [...this.#recent, occurrence].filter((one) => one.row.createdAt >= since).slice(-50);
    const { save } = config.clips;
    if (save === 'motion' || (save === 'alarm' && this.#isRinging && isFresh)) this.#saveClip(occurrence);
  }

  #saveClip({ row, meaning }: Occurrence): void {
    const camera = this.#parts.camera(row.device)?.name ?? row.device;
    this.#parts.clips.save({ row, camera, what: meaning === 'press' ? 'doorbell' : (row.label ?? 'motion') });
  }

  #hintAtOdd(rows: readonly MediaRow[]): void {
    for (const { source } of rows) {
      if (isKnownSource(source) || this.#odd.has(source) || this.#odd.size >= 20) continue;
      this.#odd.add(source);
      const word = source.replaceAll(/[^\w-]/g, '?').slice(0, 30);
      this.#log.info(
        `Blink records for a reason that is new to this plugin ("${word}"): please report it to the makers of the plugin.`,
      );
    }
  }
}
