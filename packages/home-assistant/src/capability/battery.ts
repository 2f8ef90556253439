import { mapCapability } from '../component.ts';

export const battery = mapCapability<'battery'>(({ entity, stateTopic }) => ({
  battery: {
    ...entity('sensor', 'battery', 'Battery'),
    state_topic: stateTopic,
    value_template: "{{ value_json.percent | default('None') }}",
    device_class: 'battery',
    unit_of_measurement: '%',
    state_class: 'measurement',
    entity_category: 'diagnostic',
  },
  'battery-low': {
    ...entity('binary_sensor', 'battery-low', 'Battery low'),
    state_topic: stateTopic,
    value_template: "{{ 'ON' if value_json.low else 'OFF' }}",
    device_class: 'battery',
    entity_category: 'diagnostic',
  },
}));
