import * as z from 'zod';
import { delaySchema, scheduleSchema } from './event-alarm/arming.ts';
import { inputSchema } from './event-alarm/inputs.ts';
import { publishSchema, switchSchema } from './event-alarm/ringing.ts';
import { ruleSchema, sourcesSchema, threshold } from './event-alarm/rules.ts';
import { minutes, modeLabels, modes, seconds } from './event-alarm/words.ts';
import { brokerSchema } from './shared/broker.ts';
import { notificationsSchema } from './shared/notifications.ts';
import { timeZoneSchema } from './shared/time-zone.ts';

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
      title: 'Different devices',
      description: 'At least this many must have seen something.',
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
    footage: z
      .enum(['none', 'counted', 'all'])
      .default('none')
      .meta({
        title: 'Rhombus footage',
        description: 'The footage service copies the films around the alarm.',
        labels: { none: 'None', counted: 'Of the cameras that were counted', all: 'Of all its cameras' },
        section: 'Ringing',
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
    value.schedule.forEach(({ mode }, index) => {
      if (mode !== 'disarmed' && !value.modes.includes(mode)) {
        push(['schedule', index, 'mode'], `must be disarmed or one of the offered modes: ${value.modes.join(', ')}`);
      }
    });
    if (value.minDistinctDevices > value.thresholdEventCount) {
      push(['minDistinctDevices'], `must be at most ${value.thresholdEventCount}, the number of events`);
    }
  });

export type EventAlarmConfig = z.output<typeof eventAlarmSchema>;
