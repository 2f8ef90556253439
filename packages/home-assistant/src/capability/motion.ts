import { mapCapability } from '../component.ts';

export const motion = mapCapability<'motion'>(({ mainEntity, stateTopic }) => ({
  motion: {
    ...mainEntity('binary_sensor', 'motion', 'Motion'),
    state_topic: stateTopic,
    value_template: "{{ 'ON' if value_json.detected else 'OFF' }}",
    device_class: 'motion',
    json_attributes_topic: stateTopic,
  },
}));
