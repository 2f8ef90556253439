import { mapCapability } from '../component.ts';

export const motion = mapCapability<'motion'>(({ entity, stateTopic }) => ({
  motion: {
    ...entity('binary_sensor', 'motion', null),
    state_topic: stateTopic,
    value_template: "{{ 'ON' if value_json.detected else 'OFF' }}",
    device_class: 'motion',
    json_attributes_topic: stateTopic,
  },
}));
