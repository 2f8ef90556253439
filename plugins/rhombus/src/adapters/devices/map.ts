import type { DeviceCapabilities, DeviceDescription, StateOf } from '@porchlight/core';
import type { AirQuantity, FoundDevice } from '../../domain/found-device.ts';

const lowBatteryPercent = 20;

type Quantities = NonNullable<DeviceCapabilities['measurement']>['quantities'];

const quantities: Record<AirQuantity, Quantities[string]> = {
  humidity: { name: 'Humidity', unit: '%', deviceClass: 'humidity' },
  co2: { name: 'Carbon dioxide', unit: 'ppm', deviceClass: 'carbon_dioxide' },
  pm25: { name: 'Fine dust', unit: 'µg/m³', deviceClass: 'pm25' },
  tvoc: { name: 'Organic compounds', unit: 'ppb', deviceClass: 'volatile_organic_compounds_parts' },
  iaq: { name: 'Air quality index', deviceClass: 'aqi' },
};

export function describe(
  found: FoundDevice,
  snapshots: boolean,
): Omit<DeviceDescription, 'id' | 'capabilities'> & { capabilities: DeviceCapabilities } {
  const { name, room, model, serial, firmware } = found;
  return {
    name,
    manufacturer: 'Rhombus',
    ...(room !== undefined && { room }),
    ...(model !== undefined && { model }),
    ...(serial !== undefined && { serial }),
    ...(firmware !== undefined && { firmware }),
    capabilities: capabilitiesOf(found, snapshots),
  };
}

export function capabilitiesOf(found: FoundDevice, snapshots: boolean): DeviceCapabilities {
  const { kind, batteryPercent, celsius, air = {} } = found;
  const measured = Object.keys(air) as AirQuantity[];
  return {
    ...((kind === 'camera' || kind === 'doorbell' || kind === 'occupancy') && { motion: {} }),
    ...(kind === 'camera' && snapshots && { camera: {} }),
    ...(kind === 'doorbell' && { doorbell: {} }),
    ...(kind === 'door' && { contact: {} }),
    ...(celsius !== undefined && { temperature: {} }),
    ...(measured.length > 0 && {
      measurement: { quantities: Object.fromEntries(measured.map((name) => [name, quantities[name]])) },
    }),
    ...(batteryPercent !== undefined && { battery: {} }),
    health: {},
  };
}

export interface ListedStates {
  health: StateOf<'health'>;
  battery?: StateOf<'battery'>;
  temperature?: StateOf<'temperature'>;
  measurement?: StateOf<'measurement'>;
}

/** The states that only the lists of devices tell. */
export function statesOf({ isOnline, problem, batteryPercent, celsius, air }: FoundDevice): ListedStates {
  return {
    health: { ok: problem === undefined, reachable: isOnline, ...(problem !== undefined && { problem }) },
    ...(batteryPercent !== undefined && {
      battery: { percent: batteryPercent, low: batteryPercent < lowBatteryPercent },
    }),
    ...(celsius !== undefined && { temperature: { celsius } }),
    ...(air && { measurement: { values: air } }),
  };
}
