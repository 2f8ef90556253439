import { mapCapability } from '../component.ts';

export const contact = mapCapability<'contact'>(({ entity, stateTopic }) => ({
  contact: {
    ...entity('binary_sensor', 'contact', null),
    state_topic: stateTopic,
    value_template: "{{ 'ON' if value_json.open else 'OFF' }}",
    device_class: 'opening',
  },
}));
