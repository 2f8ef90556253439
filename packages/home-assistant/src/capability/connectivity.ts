import { mapCapability } from '../component.ts';

export const connectivity = mapCapability<'connectivity'>(({ entity, stateTopic }) => ({
  connectivity: {
    ...entity('binary_sensor', 'connectivity', null),
    state_topic: stateTopic,
    value_template: "{{ 'OFF' if value_json.status in ['offline', 'rebooting'] else 'ON' }}",
    device_class: 'connectivity',
  },
  status: {
    ...entity('sensor', 'status', 'Status'),
    state_topic: stateTopic,
    value_template: '{{ value_json.status }}',
    device_class: 'enum',
    options: ['unknown', 'online', 'degraded', 'offline', 'rebooting'],
    json_attributes_topic: stateTopic,
  },
}));
