import { commandTemplate, mapCapability } from '../component.ts';

const payloads = { payload_on: commandTemplate('{"on":true}'), payload_off: commandTemplate('{"on":false}') };

export const switchMapping = mapCapability<'switch'>(({ mainEntity, stateTopic, commandTopic, options }) => {
  const common = { command_topic: commandTopic, state_topic: stateTopic, ...payloads };
  const state = "{{ 'ON' if value_json.on else 'OFF' }}";
  if (options.as === 'light') {
    // A light compares its state with the payloads themselves.
    const template = `{% if value_json.on %}${payloads.payload_on}{% else %}${payloads.payload_off}{% endif %}`;
    return { switch: { ...mainEntity('light', 'switch', 'Light'), ...common, state_value_template: template } };
  }
  return {
    switch: {
      ...mainEntity('switch', 'switch', 'Switch'),
      ...common,
      value_template: state,
      state_on: 'ON',
      state_off: 'OFF',
      device_class: options.as === 'outlet' ? 'outlet' : 'switch',
    },
  };
});
