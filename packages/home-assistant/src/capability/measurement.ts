import { mapCapability, type Component } from '../component.ts';

export const measurement = mapCapability<'measurement'>(({ entity, stateTopic, options }) => {
  const entries = Object.entries(options.quantities).map(([key, { name, unit, deviceClass, diagnostic }]) => {
    const component: Component = {
      ...entity('sensor', key, name),
      state_topic: stateTopic,
      value_template: `{{ value_json['values']['${key}'] }}`,
      ...(unit !== undefined && { unit_of_measurement: unit }),
      ...(deviceClass !== undefined && { device_class: deviceClass }),
      ...(diagnostic === true && { entity_category: 'diagnostic' }),
    };
    return [key, component] as const;
  });
  return Object.fromEntries(entries);
});
