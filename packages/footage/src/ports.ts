import type { Alert } from './domain/job.ts';
import type { MediaDevice, Organisation } from './domain/organisation.ts';
import type { Presence } from './domain/recorded.ts';
import type { Span } from './domain/spans.ts';

/** Where a device's recorded footage is to be had; `{START_TIME}` and `{DURATION}` are to be filled in. */
export interface MediaUris {
  lan: string[];
  wan?: string;
}

export interface AlertQuery {
  max: number;
  beforeSec?: number;
  afterSec?: number;
  cameraUuids?: string[];
  locationUuids?: string[];
}

/** The organisation as its cloud shows it. */
export interface Cloud {
  /** Epoch ms by its own clock, by which footage is dated; ours may be wrong. */
  now(): number;
  organisation(): Promise<Organisation>;
  /** The newest alerts, newest first, each once; `isCut` when there are more than were asked for. */
  alerts(query: AlertQuery): Promise<{ alerts: Alert[]; isCut: boolean }>;
  /** What is recorded of a stretch. */
  presence(device: MediaDevice, span: Span): Promise<Presence>;
  mediaUris(device: MediaDevice): Promise<MediaUris>;
  /** A short-lived token that opens the footage of this device only. */
  token(device: MediaDevice): Promise<string>;
}

export interface Progress {
  camera: string;
  name: string;
  /** Seconds of footage. */
  doneSec: number;
  totalSec: number;
}

/** What the user sees. */
export interface Screen {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
  debug(message: string): void;
  /** Something for programs to read. */
  event(event: { event: string; [field: string]: unknown }): void;
  progress(progress: Progress): void;
  /** Takes what moves off the screen. */
  close(): void;
}
