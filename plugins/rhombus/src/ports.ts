import type { DeviceKind, FoundDevice } from './domain/found-device.ts';
import type { Window } from './domain/look-back.ts';
import type { Mark } from './domain/movements.ts';
import type { Sighting } from './domain/sighting.ts';

export type { DeviceKind, FoundDevice } from './domain/found-device.ts';

export interface AlertPage {
  sightings: Sighting[];
  /** Alerts that do not say when they happened, or what, or where. */
  parts: string[];
  /** Where the next page begins; undefined after the last. */
  next?: { at: number; uuid: string };
}

/** The devices of the organisation, and what the key may not list. */
export interface DeviceLists {
  devices: FoundDevice[];
  /** For people. */
  unseen: string[];
  unread: ReadonlySet<DeviceKind>;
  /** Calls that it took. */
  calls: number;
}

/** The organisation in the cloud. Every call rejects with one of our coded errors. */
export interface Cloud {
  organisation(): Promise<string>;
  devices(withSensors: boolean): Promise<DeviceLists>;
  /** Policies that let a camera report motion. */
  motionPolicies(): Promise<ReadonlySet<string>>;
  alerts(window: Window, from?: AlertPage['next']): Promise<AlertPage>;
  /** The whole of an alert that was told of in part; undefined when that does not say enough either. */
  alert(uuid: string): Promise<Sighting | undefined>;
  /** Marks on the timelines of these cameras. */
  marks(cameras: readonly string[], from: number, to: number): Promise<Mark[]>;
  /** A JPEG: of the alert where there is one, else of the moment, else the latest. */
  picture(camera: { uuid: string; region?: string }, sighting?: Sighting): Promise<Buffer>;
  /** Calls that may be made at once. */
  readonly budget: number;
  /** By how much the clock of Rhombus is ahead of ours, in ms; 0 while they agree to half a minute. */
  readonly aheadMs: number;
}

/** An alert that was told of without saying all. */
export interface PartOfAlert {
  uuid: string;
  /** What it is if it happens now, as a new alert does that only lacks its time. */
  asOfNow?: Sighting;
}

/** What a push source tells. */
export interface PushCallbacks {
  onSighting(sighting: Sighting): void;
  onPart(part: PartOfAlert): void;
  /** Something about devices has changed. */
  onDevices(): void;
  /** It runs, or it does not and why. Called on every attempt that fails. */
  onState(isRunning: boolean, problem?: string): void;
}

export interface Push {
  start(callbacks: PushCallbacks): void;
  stop(): Promise<void>;
}
