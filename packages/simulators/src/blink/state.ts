export type CameraKind = 'camera' | 'owl' | 'doorbell';

/** A camera of any kind; `type` is the model word that the cloud uses. Seconds, °F and bars as on the wire. */
export interface BlinkCamera {
  id: number;
  networkId: number;
  name: string;
  kind: CameraKind;
  type: string;
  serial: string;
  /** Motion detection allowed. */
  enabled: boolean;
  online: boolean;
  /** Absent on wired devices. */
  battery?: 'ok' | 'low';
  batteryCentivolts: number;
  /** Calibrated; the camera's own configuration shows it without `fahrenheitAdjust`. */
  fahrenheit: number | null;
  fahrenheitAdjust: number;
  /** 0 to 5. */
  wifiBars: number;
  syncBars: number;
  clipSeconds: number;
  retriggerSeconds: number;
  sensitivity: number;
  illuminator: 'off' | 'on' | 'auto';
  lightsOn: boolean;
  thumbnailAt: number;
  /** Epoch ms before which it does not record again. */
  quietUntil: number;
  /** Epoch ms until which the owner wants no notifications. */
  snoozedUntil: number;
  /** Left out of version 3 of the homescreen, as some newer models are. */
  isInV4Only: boolean;
}

/** A clip on the USB stick of a sync module. */
export interface StoredClip {
  id: string;
  camera: number;
  createdAt: number;
  /** Epoch ms from which the manifest lists it. */
  savedAt: number;
}

export interface Program {
  id: number;
  name: string;
  enabled: boolean;
  /** As the cloud keeps it: weekdays, UTC time of day, arm or disarm. */
  schedule: { dow: string[]; devices: unknown[]; time: string; action: 'arm' | 'disarm' }[];
}

export interface Network {
  id: number;
  /** Its sync module; without meaning when `syncless`. */
  syncId: number;
  name: string;
  armed: boolean;
  /** A mini or a doorbell that needs no sync module. */
  syncless: boolean;
  syncOnline: boolean;
  syncType: string;
  localStorage: boolean;
  /** Clips on the USB stick. */
  clips: StoredClip[];
  saveLiveViews: boolean;
  programs: Program[];
}

export type MediaCause = 'pir' | 'cv_motion' | 'liveview' | 'snapshot' | 'button_press';

export interface MediaRow {
  id: number;
  camera: BlinkCamera;
  source: string;
  /** Epoch ms of the start of the recording. */
  createdAt: number;
  /** Epoch ms of the last change; `since` is compared with it. */
  updatedAt: number;
  /** Epoch ms from which the row is visible. */
  uploadedAt: number;
  watched: boolean;
  deleted: boolean;
  /** What the camera believes to have seen, with `cv_motion`. */
  labels: string[];
}

/** One account: what the cloud knows of it. */
export interface Account {
  id: number;
  userId: number;
  clientId: number;
  email: string;
  password: string;
  pin: string;
  twoFactor: 'none' | '412' | '202';
  tier: string;
  networks: Network[];
  cameras: BlinkCamera[];
  media: MediaRow[];
  notifications: Record<string, boolean>;
}

/** The cloud's time format: UTC, whole seconds, explicit offset. */
export function stamp(atMs: number): string {
  return new Date(atMs).toISOString().replace(/\.\d+Z$/, '+00:00');
}
