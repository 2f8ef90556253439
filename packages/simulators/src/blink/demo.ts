import type { Account, BlinkCamera, Network } from './state.ts';

export type CameraSpec = Pick<BlinkCamera, 'id' | 'name'> & Partial<BlinkCamera>;
export type NetworkSpec = Pick<Network, 'id' | 'name'> & Partial<Network>;

/** A camera with what is usual for its kind; a classic camera of network 2001 unless the spec says otherwise. */
export function createCamera(spec: CameraSpec): BlinkCamera {
  const kind = spec.kind ?? 'camera';
  return {
    networkId: 2001,
    kind,
    type: { camera: 'catalina', owl: 'owl', doorbell: 'lotus' }[kind],
    serial: `G8S${spec.id}`,
    enabled: true,
    online: true,
    ...(kind === 'owl' ? {} : { battery: 'ok' as const }),
    batteryCentivolts: 160,
    fahrenheit: 68,
    fahrenheitAdjust: -3,
    wifiBars: 5,
    syncBars: 5,
    clipSeconds: 5,
    retriggerSeconds: 10,
    sensitivity: 5,
    illuminator: 'auto',
    lightsOn: false,
    thumbnailAt: 1_767_225_600_000,
    quietUntil: 0,
    snoozedUntil: 0,
    isInV4Only: false,
    ...spec,
  };
}

/** An armed network with an online sync module and cloud storage unless the spec says otherwise. */
export function createNetwork(spec: NetworkSpec): Network {
  return {
    syncId: spec.id + 1000,
    armed: true,
    syncless: false,
    syncOnline: true,
    syncType: 'sm2',
    localStorage: false,
    clips: [],
    saveLiveViews: false,
    programs: [],
    ...spec,
  };
}

/** An account with a sync module, two classic cameras, a mini, a doorbell, a newer model and a network with USB storage. */
export function createDemoAccount(): Account {
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
      createNetwork({ id: 2001, name: 'Home' }),
      createNetwork({ id: 2002, name: 'Cabin', localStorage: true }),
    ],
    cameras: [
      createCamera({ id: 4001, name: 'Yard' }),
      createCamera({ id: 4002, name: 'Garage', type: 'xt2' }),
      createCamera({ id: 5001, name: 'Hall', kind: 'owl' }),
      createCamera({ id: 6001, name: 'Front Door', kind: 'doorbell' }),
      createCamera({ id: 4003, name: 'Shed', type: 'sedona', networkId: 2002 }),
    ],
    media: [],
    notifications: { low_battery: true, camera_offline: true, motion: true, sync_module_offline: true, doorbell: true },
  };
}

/** The demo account, and beside it every other model known: old and new, wired and solar, with and without a sync module. */
export function createEveryModelAccount(): Account {
  const account = createDemoAccount();
  account.networks.push(
    createNetwork({ id: 2003, name: 'Porch', syncless: true }),
    createNetwork({ id: 2004, name: 'Gate', syncless: true }),
    createNetwork({ id: 2005, name: 'Attic', syncType: 'sm1', armed: false }),
  );
  account.cameras.push(
    createCamera({ id: 4004, name: 'Nursery', type: 'white', networkId: 2005 }),
    createCamera({ id: 4005, name: 'Skylight', type: 'xt', networkId: 2005, fahrenheit: null }),
    createCamera({ id: 5002, name: 'Porch', kind: 'owl', type: 'hawk', networkId: 2003, isInV4Only: true }),
    createCamera({ id: 5003, name: 'Drive', kind: 'owl', type: 'superior_owl', networkId: 2001 }),
    createCamera({ id: 6002, name: 'Gate', kind: 'doorbell', networkId: 2004, battery: 'low' }),
    createCamera({ id: 4006, name: 'Greenhouse', type: 'a-model-of-next-year', networkId: 2001 }),
  );
  return account;
}
