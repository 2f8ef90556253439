import type { DeviceCapabilities, DeviceDescription, StateOf } from '@porchlight/core';
import type { FoundCamera, FoundNetwork } from '../../ports.ts';

export interface ShownParts {
  cameraSwitches: boolean;
}

type Description = Omit<DeviceDescription, 'id' | 'capabilities'>;

/** Names of models, by Blink's words for them; others are shown by their word. */
const models: Readonly<Record<string, string>> = {
  white: 'Indoor (1st generation)',
  xt: 'XT',
  xt2: 'XT2',
  catalina: 'Indoor/Outdoor (3rd generation)',
  sedona: 'Outdoor 4',
  owl: 'Mini',
  hawk: 'Mini 2',
  superior_owl: 'Wired Floodlight',
  lotus: 'Video Doorbell',
};

export function isKnownModel(type: string): boolean {
  return Object.hasOwn(models, type);
}

export function describeCamera(camera: FoundCamera, room: string | undefined): Description {
  const { name, type, serial, firmware } = camera;
  return {
    name: name.slice(0, 64),
    manufacturer: 'Blink',
    model: models[type] ?? type,
    ...(serial !== undefined && { serial }),
    ...(firmware !== undefined && { firmware }),
    ...(room !== undefined && { room }),
  };
}

export function capabilitiesOfCamera(camera: FoundCamera, { cameraSwitches }: ShownParts): DeviceCapabilities {
  const { kind, hasLowBattery, celsius, isEnabled } = camera;
  return {
    motion: {},
    camera: {},
    ...(kind === 'doorbell' && { doorbell: {} }),
    ...(cameraSwitches && isEnabled !== undefined && { switch: {} }),
    ...(hasLowBattery !== undefined && { battery: {} }),
    ...(celsius !== undefined && { temperature: {} }),
  };
}

interface CameraStates {
  health: StateOf<'health'>;
  battery?: StateOf<'battery'>;
  temperature?: StateOf<'temperature'>;
  switch?: StateOf<'switch'>;
}

export function statesOfCamera(camera: FoundCamera, network: FoundNetwork | undefined): CameraStates {
  const { hasLowBattery, celsius, isEnabled } = camera;
  return {
    health: healthOfCamera(camera, network),
    ...(hasLowBattery !== undefined && { battery: { low: hasLowBattery } }),
    ...(celsius !== undefined && { temperature: { celsius } }),
    ...(isEnabled !== undefined && { switch: { on: isEnabled } }),
  };
}

function healthOfCamera({ isOnline }: FoundCamera, network: FoundNetwork | undefined): StateOf<'health'> {
  if (!isOnline) return { ok: false, reachable: false, problem: 'Blink cannot reach it: check its battery and Wi-Fi.' };
  if (network?.sync?.isOnline === false) return { ok: false, reachable: false, problem: syncProblem };
  return { ok: true, reachable: true };
}

const syncProblem = 'Its sync module is offline: check its power and Wi-Fi.';

export function describeNetwork(network: FoundNetwork): Description {
  const { name, sync } = network;
  return {
    name: name.slice(0, 64),
    manufacturer: 'Blink',
    model: sync ? 'Sync Module' : 'System',
    ...(sync?.serial !== undefined && { serial: sync.serial }),
    ...(sync?.firmware !== undefined && { firmware: sync.firmware }),
  };
}

export function healthOfNetwork({ sync }: FoundNetwork): StateOf<'health'> {
  return sync?.isOnline === false
    ? { ok: false, reachable: false, problem: syncProblem }
    : { ok: true, reachable: true };
}
