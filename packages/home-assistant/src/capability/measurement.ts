import type { OptionsOf } from '@porchlight/core';
import { mapCapability, type Component } from '../component.ts';

type Quantity = OptionsOf<'measurement'>['quantities'][string];

export const measurement = mapCapability<'measurement'>(({ entity, stateTopic, options }) => {
  const entries = Object.entries(options.quantities).map(([key, quantity]) => {
    const { name, unit, deviceClass, diagnostic } = quantity;
    const component: Component = {
      ...entity('sensor', key, name),
      state_topic: stateTopic,
      value_template: valueTemplate(key, deviceClass),
      ...(unit !== undefined && { unit_of_measurement: unit }),
      ...(deviceClass !== undefined && { device_class: deviceClass }),
      ...stateClassOf(quantity),
      ...(diagnostic === true && { entity_category: 'diagnostic' }),
    };
    return [key, component] as const;
  });
  return Object.fromEntries(entries);
});

/** Points in time are epoch milliseconds with us or ISO 8601; Home Assistant takes the latter only. */
function valueTemplate(key: string, deviceClass: string | undefined): string {
  const value = `value_json['values']['${key}'] | default('None')`;
  if (deviceClass !== 'timestamp') return `{{ ${value} }}`;
  return `{% set at = ${value} %}{{ (at / 1000) | timestamp_utc if at is number else at }}`;
}

/** What Home Assistant keeps statistics of: physical quantities, not texts, times or counts in units of our own. */
function stateClassOf({ unit, deviceClass }: Quantity): { state_class?: string } {
  if (deviceClass === 'energy') return { state_class: 'total_increasing' };
  const isPhysical = deviceClass === undefined ? unit === '%' : deviceClass !== 'timestamp';
  return isPhysical ? { state_class: 'measurement' } : {};
}
