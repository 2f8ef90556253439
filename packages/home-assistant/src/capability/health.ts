import { mapCapability } from '../component.ts';

export const health = mapCapability<'health'>(({ entity, stateTopic }) => ({
  problem: {
    ...entity('binary_sensor', 'problem', 'Problem'),
    state_topic: stateTopic,
    value_template: "{{ 'OFF' if value_json.ok else 'ON' }}",
    device_class: 'problem',
    entity_category: 'diagnostic',
    json_attributes_topic: stateTopic,
  },
}));
