import { mapCapability } from '../component.ts';

export const connectivity = mapCapability<'connectivity'>(({ entity, mainEntity, stateTopic }) => ({
  connectivity: {
    ...mainEntity('binary_sensor', 'connectivity', 'Connection'),
    state_topic: stateTopic,
    value_template:
      "{% if value_json.status == 'unknown' %}None{% elif value_json.status in ['offline', 'rebooting'] %}OFF" +
      '{% else %}ON{% endif %}',
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
