export type CameraKind = 'camera' | 'owl' | 'doorbell';

/** A camera of any kind; `type` is the model word that the cloud uses. Seconds, °F and bars as on the wire. */
export interface BlinkCamera {
  id: number;
  networkId: number;
  name: string;
  kind: CameraKind;
  type: string;
  enabled: boolean;
  online: boolean;
  battery?: 'ok' | 'low';
  fahrenheit: number | null;
  clipSeconds: number;
  retriggerSeconds: number;
  thumbnailAt: number;
  /** Epoch ms before which it does not record again. */
  quietUntil: number;
}

export interface Network {
  id: number;
  syncId: number;
  name: string;
  armed: boolean;
  localStorage: boolean;
  /** Clips on the USB stick. */
  clips: { id: string; camera: number; createdAt: number }[];
}

export type MediaCause = 'pir' | 'cv_motion' | 'liveview' | 'snapshot' | 'button_press';

export interface MediaRow {
  id: number;
  camera: BlinkCamera;
  source: string;
  /** Epoch ms of the start of the recording; the row is not visible before `updatedAt`. */
  createdAt: number;
  updatedAt: number;
  watched: boolean;
  deleted: boolean;
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
}

/** An account with a sync module, two classic cameras, a mini, a doorbell, a newer model and a network with USB storage. */
export function createDemoAccount(): Account {
  const camera = (id: number, name: string, kind: CameraKind, type: string, networkId = 2001): BlinkCamera => ({
    id,
    networkId,
    name,
    kind,
    type,
    enabled: true,
    online: true,
    ...(kind === 'owl' ? {} : { battery: 'ok' as const }),
    fahrenheit: 68,
    clipSeconds: 5,
    retriggerSeconds: 10,
    thumbnailAt: 0,
    quietUntil: 0,
  });
  return {
    id: 1001,
    userId: 1101,
    clientId: 1201,
    email: 'owner@example.com',
    password: 'correct horse',
    pin: '123456',
    twoFactor: '412',
    tier: 'u006',
    networks: [
      { id: 2001, syncId: 3001, name: 'Home', armed: true, localStorage: false, clips: [] },
      { id: 2002, syncId: 3002, name: 'Cabin', armed: true, localStorage: true, clips: [] },
    ],
    cameras: [
      camera(4001, 'Yard', 'camera', 'catalina'),
      camera(4002, 'Garage', 'camera', 'xt2'),
      camera(5001, 'Hall', 'owl', 'owl'),
      camera(6001, 'Front Door', 'doorbell', 'lotus'),
      camera(4003, 'Shed', 'camera', 'sedona', 2002),
    ],
    media: [],
  };
}

/** The cloud's time format: UTC, whole seconds, explicit offset. */
export function stamp(atMs: number): string {
  return new Date(atMs).toISOString().replace(/\.\d+Z$/, '+00:00');
}
