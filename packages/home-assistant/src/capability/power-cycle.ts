import { commandTemplate, mapCapability } from '../component.ts';

export const powerCycle = mapCapability<'power-cycle'>(({ entity, stateTopic, commandTopic }) => ({
  restart: {
    ...entity('button', 'restart', 'Restart'),
    command_topic: commandTopic,
    payload_press: commandTemplate('{"action":"run"}'),
    device_class: 'restart',
  },
  'power-cycle': {
    ...entity('sensor', 'power-cycle', 'Power cycle'),
    state_topic: stateTopic,
    value_template: '{{ value_json.phase }}',
    device_class: 'enum',
    options: ['idle', 'off', 'restoring', 'failed'],
    entity_category: 'diagnostic',
  },
}));
