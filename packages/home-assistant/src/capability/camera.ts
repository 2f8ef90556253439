import { commandTemplate, mapCapability } from '../component.ts';

/** Pictures do not travel by MQTT: Home Assistant can ask for one, and sees when the last one was taken. */
export const camera = mapCapability<'camera'>(({ entity, stateTopic, commandTopic }) => ({
  'take-snapshot': {
    ...entity('button', 'take-snapshot', 'Take a picture'),
    command_topic: commandTopic,
    payload_press: commandTemplate('{"action":"take-snapshot"}'),
  },
  'last-snapshot': {
    ...entity('sensor', 'last-snapshot', 'Last picture'),
    state_topic: stateTopic,
    value_template: "{{ value_json.snapshotAt | default('None') }}",
    device_class: 'timestamp',
    entity_category: 'diagnostic',
  },
}));
