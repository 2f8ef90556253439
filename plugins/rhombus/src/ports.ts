import type { Sighting } from './domain/sighting.ts';

export type DeviceKind = 'camera' | 'doorbell' | 'door' | 'climate' | 'occupancy';

/** A device of the organisation, as far as we know it. */
export interface FoundDevice {
  uuid: string;
  kind: DeviceKind;
  name: string;
  room?: string;
  model?: string;
  serial?: string;
  firmware?: string;
  isOnline: boolean;
  /** What is wrong with it, one sentence. */
  problem?: string;
  region?: string;
  policy?: string;
  batteryPercent?: number;
  celsius?: number;
  isOpen?: boolean;
  hasMotion?: boolean;
}

export interface AlertPage {
  sightings: Sighting[];
  /** Where the next page begins; undefined after the last. */
  next?: { at: number; uuid: string };
}

/** The organisation in the cloud. Every call rejects with one of our coded errors. */
export interface Cloud {
  organisation(): Promise<string>;
  /** All devices; a list that the key may not see is left out and named. */
  devices(withSensors: boolean): Promise<{ devices: FoundDevice[]; unseen: string[] }>;
  /** Policies that let a camera report motion. */
  motionPolicies(): Promise<ReadonlySet<string>>;
  alerts(since: number, from?: AlertPage['next']): Promise<AlertPage>;
  /** The whole of an alert that was told of in part. */
  alert(uuid: string): Promise<Sighting | undefined>;
  /** Marks on the timelines of these cameras, from epoch ms `since` for `durationMs`. */
  marks(cameras: readonly string[], since: number, durationMs: number): Promise<Sighting[]>;
  /** A JPEG: of the alert where there is one, else of the moment, else the latest. */
  picture(camera: { uuid: string; region?: string }, sighting?: Sighting): Promise<Buffer>;
  /** Calls that may be made at once. */
  readonly budget: number;
}

/** What a push source tells. */
export interface PushCallbacks {
  onSighting(sighting: Sighting): void;
  /** An alert was told of without saying all. */
  onPart(uuid: string): void;
  /** Something about devices has changed. */
  onDevices(): void;
  /** It runs, or it does not and why. */
  onState(isRunning: boolean, problem?: string): void;
}

export interface Push {
  start(callbacks: PushCallbacks): void;
  stop(): Promise<void>;
}
