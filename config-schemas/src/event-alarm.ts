import * as z from 'zod';
import { brokerSchema } from './shared/broker.ts';
import { notificationsSchema } from './shared/notifications.ts';
import { timeZoneSchema } from './shared/time-zone.ts';

const modes = ['home', 'away', 'night'] as const;
const modeLabels = { home: 'Home', away: 'Away', night: 'Night', disarmed: 'Disarmed' };
const id = z.string().regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, 'use lower-case letters, digits and dashes');
const deviceAddress = z.string().regex(/^[a-z0-9-]+\/[a-z0-9-]+$/, 'must be service/device, such as usb-power/lamp');
const wholeTopic = z
  .string()
  .min(1)
  .max(512)
  .regex(/^[^+#]*$/, 'must be one topic, without + or #');

const minutes = (fallback: number, title: string, description: string) =>
  z.number().min(0.1).max(1440).default(fallback).meta({ title, description, unit: 'minutes' });
const seconds = (fallback: number, max: number, title: string, description: string) =>
  z.number().min(0).max(max).default(fallback).meta({ title, description, unit: 's' });

const sourcesSchema = z
  .object({
    services: z.array(id).default([]).meta({
      title: 'Services',
      description: 'Only events of these services count. Empty: all.',
      placeholder: 'blink',
    }),
    devices: z.array(deviceAddress).default([]).meta({
      title: 'Devices',
      description: 'Only events of these devices count. Empty: all.',
      placeholder: 'blink/front-door',
    }),
    labels: z.array(z.string().min(1)).default([]).meta({
      title: 'Labels',
      description: 'Only these kinds of motion count, where the camera tells them. Empty: all.',
      placeholder: 'person',
    }),
    types: z.array(id).min(1).default(['motion']).meta({
      title: 'Types',
      description: 'Motion only, unless you add others, such as doorbell.',
      advanced: true,
    }),
  })
  .prefault({})
  .meta({ title: 'What counts', description: 'Which events count.' });

const threshold = z.int().min(1).max(1000);

const ruleSchema = z.object({
  name: z.string().min(1).max(64).meta({ title: 'Name', description: 'Appears in messages.', placeholder: 'Garden' }),
  modes: z.array(z.enum(modes)).default([]).meta({
    title: 'Modes',
    description: 'The rule applies in these modes. Empty: in all.',
    labels: modeLabels,
  }),
  threshold: threshold.default(2).meta({ title: 'Events', description: 'This many ring the alarm …' }),
  windowMinutes: minutes(2, 'Within', '… when they happen within this time.'),
  minDistinctDevices: z.int().min(1).max(100).default(1).meta({
    title: 'Devices',
    description: 'At least this many different devices must have seen something.',
  }),
  sources: sourcesSchema,
});

const delaySchema = z.object({
  mode: z.enum(modes).meta({ title: 'Mode', description: 'The delays of this mode.', labels: modeLabels }),
  exitSeconds: seconds(0, 600, 'Exit delay', 'Time to leave after arming.'),
  entrySeconds: seconds(0, 600, 'Entry delay', 'Time to disarm before it rings.'),
});

const switchSchema = z.object({
  device: deviceAddress.meta({
    title: 'Device',
    description: 'A switch of Porchlight, as service/device.',
    placeholder: 'usb-power/lamp',
  }),
  pattern: z
    .enum(['steady', 'flash'])
    .default('steady')
    .meta({ title: 'Pattern', description: 'What it does.', labels: { steady: 'On', flash: 'Flash' } }),
  flashes: z
    .int()
    .min(1)
    .max(3600)
    .default(30)
    .meta({ title: 'Flashes', description: 'Per cycle.', showWhen: { key: 'pattern', in: ['flash'] } }),
  onSeconds: z
    .number()
    .min(0.1)
    .max(60)
    .default(0.5)
    .meta({ title: 'On', description: 'Of each flash.', unit: 's', showWhen: { key: 'pattern', in: ['flash'] } }),
  offSeconds: z
    .number()
    .min(0.1)
    .max(60)
    .default(0.5)
    .meta({ title: 'Off', description: 'Of each flash.', unit: 's', showWhen: { key: 'pattern', in: ['flash'] } }),
});

const publishSchema = z.object({
  topic: wholeTopic.meta({ title: 'Topic', description: 'Any topic of yours.', placeholder: 'siren/set' }),
  payload: z.string().max(4096).default('').meta({ title: 'Payload', description: 'Sent as it is.' }),
  retain: z.boolean().default(false).meta({ title: 'Retain', description: 'The broker keeps the message.' }),
  on: z
    .enum(['triggered', 'cleared', 'armed', 'disarmed'])
    .default('triggered')
    .meta({
      title: 'When',
      description: 'What it goes with.',
      labels: { triggered: 'It rings', cleared: 'It stops ringing', armed: 'It is armed', disarmed: 'It is disarmed' },
    }),
});

const presets = [
  'frigate-events',
  'frigate-reviews',
  'zigbee2mqtt',
  'tasmota',
  'home-assistant',
  'camera',
  'custom',
] as const;

const inputSchema = z
  .object({
    preset: z.enum(presets).meta({
      title: 'System',
      description: 'Where the messages come from.',
      labels: {
        'frigate-events': 'Frigate: events',
        'frigate-reviews': 'Frigate: review items',
        zigbee2mqtt: 'zigbee2mqtt: occupancy',
        tasmota: 'Tasmota: motion',
        'home-assistant': 'Home Assistant: statestream',
        camera: 'Homebridge camera plugins: motion',
        custom: 'Any other',
      },
    }),
    topic: z.string().min(1).max(512).exactOptional().meta({
      title: 'Topic',
      description: 'Empty takes the usual one. May hold + and #.',
      placeholder: 'zigbee2mqtt/hall_sensor',
    }),
    path: z
      .string()
      .regex(/^[^.\s]+(\.[^.\s]+)*$/, 'must be names joined by dots, such as data.motion')
      .exactOptional()
      .meta({
        title: 'Field',
        description: 'Where in the JSON the value is. Empty: the whole payload.',
        placeholder: 'occupancy',
        showWhen: { key: 'preset', in: ['custom'] },
      }),
    equals: z
      .string()
      .exactOptional()
      .meta({
        title: 'Value',
        description: 'The value that means motion, such as true or ON.',
        placeholder: 'ON',
        showWhen: { key: 'preset', in: ['custom'] },
      }),
    device: id
      .exactOptional()
      .meta({ title: 'Device', description: 'Its name here. Empty takes it from the message.', advanced: true }),
    label: z
      .string()
      .min(1)
      .exactOptional()
      .meta({ title: 'Label', description: 'What it sees, for the rules.', placeholder: 'person', advanced: true }),
  })
  .check(({ value, issues }) => {
    const needsTopic = value.preset === 'custom' || value.preset === 'home-assistant';
    if (needsTopic && value.topic === undefined) {
      issues.push({
        code: 'custom',
        input: value,
        path: ['topic'],
        message: `is missing; the preset ${value.preset} has no usual topic`,
      });
    }
  });

const scheduleSchema = z.object({
  cron: z
    .string()
    .regex(/^\s*(\S+\s+){4,5}\S+\s*$/, 'must have five fields, such as "30 22 * * *" for 22:30')
    .meta({ title: 'When', description: 'Minute, hour, day, month, weekday.', placeholder: '30 22 * * *' }),
  mode: z.enum(['disarmed', ...modes]).meta({ title: 'Mode', description: 'What it is set to.', labels: modeLabels }),
});

export const eventAlarmSchema = z
  .object({
    name: z.string().min(1).max(64).default('Alarm').meta({ title: 'Name', description: 'Its name in Apple Home.' }),
    thresholdEventCount: threshold
      .default(2)
      .meta({ title: 'Ring at', description: 'This many events ring the alarm …', unit: 'events' }),
    alarmLookbackMinutes: minutes(2, 'Within', '… when they happen within this time.'),
    eventsLookbackMinutes: minutes(
      3,
      'Look back',
      'Events older than this are forgotten. At least as long as the time above.',
    ).meta({ advanced: true }),
    lateArrivalSeconds: seconds(
      60,
      600,
      'Late arrival',
      'Clouds report a motion late. An event this late is judged by when it happened; 0 judges by now.',
    ).meta({ advanced: true }),
    minDistinctDevices: z.int().min(1).max(100).default(1).meta({
      title: 'Devices',
      description: 'At least this many different devices must have seen something.',
      advanced: true,
    }),
    sources: sourcesSchema,
    rules: z.array(ruleSchema).max(20).default([]).meta({
      title: 'Rules',
      description: 'In place of the one rule above: several, each with its own events, time and modes.',
      section: 'Rules',
      item: 'rule',
    }),
    modes: z
      .array(z.enum(modes))
      .min(1)
      .default(['home', 'away', 'night'])
      .meta({ title: 'Modes', description: 'Offered in Apple Home.', labels: modeLabels, section: 'Arming' }),
    delays: z
      .array(delaySchema)
      .max(3)
      .default([])
      .meta({ title: 'Delays', description: 'None, unless given.', section: 'Arming', item: 'delay' }),
    code: z
      .string()
      .regex(/^\d{4,10}$/, 'must be 4 to 10 digits')
      .exactOptional()
      .meta({
        title: 'Code',
        description: 'Asked for on MQTT and in Home Assistant. Apple Home does not need it.',
        secret: true,
        section: 'Arming',
      }),
    codeToArm: z
      .boolean()
      .default(false)
      .meta({ title: 'Code to arm', description: 'Ask for it when arming too.', section: 'Arming', advanced: true }),
    offlineSources: z
      .enum(['warn', 'refuse'])
      .default('warn')
      .meta({
        title: 'Arming with a source offline',
        description: 'When a camera or its service does not answer.',
        labels: { warn: 'Arm, and warn', refuse: 'Refuse' },
        section: 'Arming',
      }),
    schedule: z
      .array(scheduleSchema)
      .max(50)
      .default([])
      .meta({ title: 'Schedule', description: 'Arms and disarms by itself.', section: 'Arming', item: 'time' }),
    timeZone: timeZoneSchema,
    startupHoldoffSeconds: seconds(
      0,
      600,
      'Hold-off after a start',
      'It does not ring for this long after a start.',
    ).meta({ section: 'Arming', advanced: true }),
    triggerSeconds: z.number().min(1).max(3600).default(180).meta({
      title: 'Ring for',
      description: 'How long it rings.',
      unit: 's',
      section: 'Ringing',
    }),
    afterTrigger: z
      .enum(['re-arm', 'stay'])
      .default('re-arm')
      .meta({
        title: 'Afterwards',
        description: 'When that time is over.',
        labels: { 're-arm': 'Armed again', stay: 'Rings on until disarmed' },
        section: 'Ringing',
      }),
    abortSeconds: seconds(
      0,
      300,
      'Abort window',
      'Messages wait this long after it rings; disarming meanwhile keeps them from being sent.',
    ).meta({ section: 'Ringing', advanced: true }),
    maxAlarmsPerDevice: z.int().min(0).max(100).default(0).meta({
      title: 'Alarms per device',
      description: 'A device that has rung it this often is ignored until the next arming. 0: no limit.',
      section: 'Ringing',
      advanced: true,
    }),
    switches: z.array(switchSchema).max(50).default([]).meta({
      title: 'Switches',
      description: 'Go on when it rings, and back to what they were.',
      section: 'Ringing',
      item: 'switch',
    }),
    alarmCycles: z.int().min(1).max(100).default(1).meta({
      title: 'Cycles',
      description: 'How often flashing is repeated.',
      section: 'Ringing',
      advanced: true,
    }),
    pauseSeconds: seconds(5, 600, 'Pause', 'Between two cycles.').meta({ section: 'Ringing', advanced: true }),
    publish: z.array(publishSchema).max(50).default([]).meta({
      title: 'MQTT messages',
      description: 'Messages of your own.',
      section: 'Ringing',
      item: 'message',
    }),
    notifications: notificationsSchema,
    inputs: z.array(inputSchema).max(50).default([]).meta({
      title: 'Other systems',
      description: 'Motion from other systems on the same MQTT broker.',
      section: 'Other systems',
      item: 'input',
    }),
    sensor: z
      .enum(['none', 'motion', 'contact'])
      .default('none')
      .meta({
        title: 'Alarm sensor',
        description: 'An extra sensor that is on while it rings. Automations with it start at once.',
        labels: { none: 'None', motion: 'Motion sensor', contact: 'Contact sensor' },
        section: 'In Apple Home',
      }),
    testSwitch: z.boolean().default(false).meta({
      title: 'Test switch',
      description: 'A switch that rings the alarm once, messages included.',
      section: 'In Apple Home',
    }),
    broker: brokerSchema,
  })
  .check(({ value, issues }) => {
    // What is wrong by itself is said first.
    if (issues.length > 0) return;
    const push = (path: (string | number)[], message: string): void =>
      void issues.push({ code: 'custom', input: value, path, message });
    const longest = Math.max(value.alarmLookbackMinutes, ...value.rules.map(({ windowMinutes }) => windowMinutes));
    if (value.eventsLookbackMinutes < longest) {
      push(['eventsLookbackMinutes'], `must be at least ${longest}, the longest time of a rule`);
    }
    if (value.codeToArm && value.code === undefined) push(['code'], 'is missing; codeToArm needs one');
    const modesWithDelay = value.delays.map(({ mode }) => mode);
    if (new Set(modesWithDelay).size < modesWithDelay.length) push(['delays'], 'must name each mode once');
    const names = value.rules.map(({ name }) => name);
    if (new Set(names).size < names.length) push(['rules'], 'must have different names');
    value.rules.forEach(({ threshold: events, minDistinctDevices }, index) => {
      if (minDistinctDevices > events) {
        push(['rules', index, 'minDistinctDevices'], `must be at most ${events}, the number of events`);
      }
    });
    if (value.minDistinctDevices > value.thresholdEventCount) {
      push(['minDistinctDevices'], `must be at most ${value.thresholdEventCount}, the number of events`);
    }
  });

export type EventAlarmConfig = z.output<typeof eventAlarmSchema>;
