import type { OptionsOf, StateOf } from '@porchlight/core';

/** What a plug says of itself. */
export interface Reading {
  on: boolean;
  watts?: number;
  volts?: number;
  amperes?: number;
  kilowattHours?: number;
  celsius?: number;
}

type Figure = Exclude<keyof Reading, 'on'>;

/** Below this a load is not in use: chargers and standby parts, watts. */
const inUseWatts = 1;

const figures: Record<Figure, { key: string; name: string; unit: string; deviceClass: string; digits: number }> = {
  watts: { key: 'power', name: 'Power', unit: 'W', deviceClass: 'power', digits: 1 },
  volts: { key: 'voltage', name: 'Voltage', unit: 'V', deviceClass: 'voltage', digits: 1 },
  amperes: { key: 'current', name: 'Current', unit: 'A', deviceClass: 'current', digits: 3 },
  kilowattHours: { key: 'energy', name: 'Energy', unit: 'kWh', deviceClass: 'energy', digits: 3 },
  celsius: { key: 'temperature', name: 'Temperature', unit: '°C', deviceClass: 'temperature', digits: 1 },
};
const names = Object.keys(figures) as Figure[];

/** The quantities that a plug measures, as far as a reading shows; undefined when it measures nothing. */
export function listQuantities(reading: Reading): OptionsOf<'measurement'>['quantities'] | undefined {
  const measured = names.filter((name) => reading[name] !== undefined);
  if (measured.length === 0) return undefined;
  return Object.fromEntries(
    measured.map((measure) => {
      const { key, name, unit, deviceClass } = figures[measure];
      return [key, { name, unit, deviceClass, ...(measure === 'celsius' && { diagnostic: true }) }];
    }),
  );
}

/** The figures of a reading, rounded so that noise in the last digit is no news. */
export function toValues(reading: Reading): StateOf<'measurement'>['values'] {
  return Object.fromEntries(
    names.flatMap((measure) => {
      const value = reading[measure];
      if (value === undefined) return [];
      const { key, digits } = figures[measure];
      return [[key, Number(value.toFixed(digits))]];
    }),
  );
}

export function toSwitch({ on, watts }: Reading): StateOf<'switch'> {
  return { on, ...(watts !== undefined && { inUse: on && watts >= inUseWatts }) };
}
