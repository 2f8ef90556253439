import { mapCapability } from '../component.ts';

export const temperature = mapCapability<'temperature'>(({ entity, stateTopic }) => ({
  temperature: {
    ...entity('sensor', 'temperature', 'Temperature'),
    state_topic: stateTopic,
    value_template: '{{ value_json.celsius }}',
    device_class: 'temperature',
    unit_of_measurement: '°C',
    state_class: 'measurement',
  },
}));
