import { commandTemplate, mapCapability } from '../component.ts';

const features = { home: 'arm_home', away: 'arm_away', night: 'arm_night' } as const;

const modes = "{'DISARM': 'disarmed', 'ARM_HOME': 'home', 'ARM_AWAY': 'away', 'ARM_NIGHT': 'night'}";

/** The code is asked for by Home Assistant and judged by the alarm. */
export const alarm = mapCapability<'alarm'>(({ mainEntity, stateTopic, commandTopic, options }) => ({
  alarm: {
    ...mainEntity('alarm_control_panel', 'alarm', 'Alarm'),
    state_topic: stateTopic,
    value_template:
      "{% if value_json.phase in ['arming', 'pending', 'triggered'] %}{{ value_json.phase }}" +
      "{% elif value_json.mode == 'disarmed' %}disarmed{% else %}armed_{{ value_json.mode }}{% endif %}",
    command_topic: commandTopic,
    command_template: commandTemplate(
      '{% if action == \'TRIGGER\' %}{"action":"trigger"}{% else %}' +
        `{"action":"set-mode","mode":"{{ ${modes}[action] }}"` +
        '{% if code %},"code":{{ code | string | tojson }}{% endif %}}{% endif %}',
    ),
    supported_features: [...options.modes.map((mode) => features[mode]), 'trigger'],
    ...(options.code !== undefined && {
      code: options.code === 'number' ? 'REMOTE_CODE' : 'REMOTE_CODE_TEXT',
      code_arm_required: options.codeToArm ?? false,
      code_disarm_required: true,
      code_trigger_required: false,
    }),
    json_attributes_topic: stateTopic,
  },
}));
