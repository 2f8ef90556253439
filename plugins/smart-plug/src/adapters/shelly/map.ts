import type * as z from 'zod';
import type { Reading } from '../../domain/reading.ts';
import type { PlugPort } from '../../ports.ts';
import type { Identity, statusSchema, switchStatusSchema } from './schema.ts';

/** A first-generation meter counts watt-minutes. */
const wattMinutesPerKilowattHour = 60_000;

export function toIdentity({ model, type, mac, fw, ver }: Identity): PlugPort['identity'] {
  const firmware = ver ?? fw;
  return {
    manufacturer: 'Shelly',
    model: model ?? type ?? 'Plug',
    ...(mac !== undefined && { serial: mac }),
    ...(firmware !== undefined && { firmware }),
  };
}

export function fromSwitchStatus(status: z.output<typeof switchStatusSchema>): Reading {
  const { output, apower, voltage, current, aenergy, temperature } = status;
  return {
    on: output,
    ...(typeof apower === 'number' && { watts: apower }),
    ...(typeof voltage === 'number' && { volts: voltage }),
    ...(typeof current === 'number' && { amperes: current }),
    ...(aenergy && { kilowattHours: aenergy.total / 1000 }),
    ...(typeof temperature?.tC === 'number' && { celsius: temperature.tC }),
  };
}

/** Undefined when the plug has no such channel. */
export function fromStatus(status: z.output<typeof statusSchema>, channel: number): Reading | undefined {
  const relay = status.relays[channel];
  if (!relay) return undefined;
  const meter = status.meters?.[channel];
  return {
    on: relay.ison,
    ...(typeof meter?.power === 'number' && { watts: meter.power }),
    ...(typeof meter?.total === 'number' && { kilowattHours: meter.total / wattMinutesPerKilowattHour }),
    ...(typeof status.temperature === 'number' && { celsius: status.temperature }),
  };
}
