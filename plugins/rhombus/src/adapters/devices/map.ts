import type { DeviceCapabilities, DeviceDescription, StateOf } from '@porchlight/core';
import type { FoundDevice } from '../../ports.ts';

const lowBatteryPercent = 20;

export function describe(found: FoundDevice): Omit<DeviceDescription, 'id' | 'capabilities'> {
  const { name, room, model, serial, firmware } = found;
  return {
    name,
    manufacturer: 'Rhombus',
    ...(room !== undefined && { room }),
    ...(model !== undefined && { model }),
    ...(serial !== undefined && { serial }),
    ...(firmware !== undefined && { firmware }),
  };
}

export function capabilitiesOf(found: FoundDevice, snapshots: boolean): DeviceCapabilities {
  const { kind, batteryPercent, celsius } = found;
  return {
    ...((kind === 'camera' || kind === 'doorbell' || kind === 'occupancy') && { motion: {} }),
    ...(kind === 'camera' && snapshots && { camera: {} }),
    ...(kind === 'doorbell' && { doorbell: {} }),
    ...(kind === 'door' && { contact: {} }),
    ...(celsius !== undefined && { temperature: {} }),
    ...(batteryPercent !== undefined && { battery: {} }),
  };
}

interface ReadStates {
  health: StateOf<'health'>;
  battery?: StateOf<'battery'>;
  temperature?: StateOf<'temperature'>;
  contact?: StateOf<'contact'>;
}

/** The states that the lists of devices tell. */
export function statesOf(found: FoundDevice): ReadStates {
  const { isOnline, problem, batteryPercent, celsius, isOpen } = found;
  return {
    health: { ok: problem === undefined, reachable: isOnline, ...(problem !== undefined && { problem }) },
    ...(batteryPercent !== undefined && {
      battery: { percent: batteryPercent, low: batteryPercent < lowBatteryPercent },
    }),
    ...(celsius !== undefined && { temperature: { celsius } }),
    ...(isOpen !== undefined && { contact: { open: isOpen } }),
  };
}
