import type { MediaRow } from './domain/media-row.ts';

export type CameraKind = 'camera' | 'owl' | 'doorbell';

/** A camera of the account, as far as we know it. */
export interface FoundCamera {
  id: string;
  network: string;
  kind: CameraKind;
  /** Blink's word for the model. */
  type: string;
  name: string;
  serial?: string;
  firmware?: string;
  /** Whether motion is detected while its system is armed. */
  isEnabled?: boolean;
  isOnline: boolean;
  /** Absent for what hangs on a cable. */
  hasLowBattery?: boolean;
  celsius?: number;
  /** Where its latest picture is. */
  thumbnail?: string;
  /** It is in no list; its recordings tell of it. */
  isLearned?: boolean;
}

/** A system: one sync module with its cameras, or a camera that needs none. */
export interface FoundNetwork {
  id: string;
  name: string;
  isArmed: boolean;
  sync?: { id: string; isOnline: boolean; serial?: string; firmware?: string };
  /** Films are kept on a USB stick at its sync module. */
  hasStorage: boolean;
}

export interface Home {
  networks: FoundNetwork[];
  cameras: FoundCamera[];
  /** Entries that could not be read; what they stood for may still be there. */
  unreadable: number;
  /** What Blink says about the age of this client. */
  updateRequired: boolean;
}

/** What can be ordered; `id` is the camera's or the network's. */
export type Target =
  | { what: 'arm'; network: string; on: boolean }
  | { what: 'enable'; network: string; camera: string; kind: CameraKind; on: boolean }
  | { what: 'snapshot'; network: string; camera: string; kind: CameraKind };

export type Progress = { type: 'pending' | 'done' } | { type: 'failed'; reason: string };

export interface StoredClip {
  id: string;
  /** The camera's name without anything but letters and digits. */
  cameraName: string;
  createdAt: number;
  /** Where the film can be asked for. */
  media: string;
}

/** The account in the cloud. Every call rejects with one of our coded errors. */
export interface Cloud {
  home(): Promise<Home>;
  /** Recordings that came or changed since then, epoch ms, and how many could not be read. */
  media(since: number): Promise<{ rows: MediaRow[]; unreadable: number }>;
  /** Gives the order; undefined when there is nothing to wait for. Rejects with `blink.busy` while another one runs. */
  order(target: Target): Promise<string | undefined>;
  progress(network: string, command: string): Promise<Progress>;
  /** Begins to list what is on the stick; the number of the command. */
  requestManifest(network: string, sync: string): Promise<string>;
  manifest(network: string, sync: string, command: string): Promise<StoredClip[]>;
  requestStoredClip(media: string): Promise<string | undefined>;
  /** A picture or a film; an `extra` is refused when the budget is short. */
  download(path: string, kind: 'image' | 'video', urgency?: 'order' | 'question' | 'extra'): Promise<Buffer>;
  /** By how much the cloud's clock is ahead of ours, in ms. */
  readonly skewMs: number;
}

/** What the sign-in gave. Times in epoch ms. */
export interface Tokens {
  access: string;
  refresh: string;
  expiresAt: number;
  obtainedAt: number;
}

export type SignInStep = { type: 'tokens'; tokens: Tokens } | { type: 'pin-wanted'; phone?: string };

/** One running sign-in. */
export interface SignIn {
  /** Sends e-mail and password, just after `onCredentials`; Blink sends a PIN if it wants one. */
  begin(onCredentials: () => Promise<void>): Promise<SignInStep>;
  /** Rejects with `blink.pin-wrong` when another one has to be tried, with `blink.pin-late` when this sign-in is over. */
  enterPin(pin: string): Promise<Tokens>;
}
