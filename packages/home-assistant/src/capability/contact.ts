import { mapCapability } from '../component.ts';

export const contact = mapCapability<'contact'>(({ mainEntity, stateTopic }) => ({
  contact: {
    ...mainEntity('binary_sensor', 'contact', 'Opening'),
    state_topic: stateTopic,
    value_template: "{{ 'ON' if value_json.open else 'OFF' }}",
    device_class: 'opening',
  },
}));
