import { expect, test } from '@jest/globals';
import { parseConfig } from '@porchlight/core';
import fc from 'fast-check';
import { eventAlarmSchema, forms, listSettings, renderHomebridge, renderOptions, type Setting } from '../src/index.ts';

const form = {
  service: 'event-alarm',
  title: 'Alarm',
  platform: 'PorchlightEventAlarm',
  schema: eventAlarmSchema,
  header: '',
};
const channel = (part: object) => ({ notifications: { channels: [part] } });

/** What an owner does wrong, and what he is told. */
const mistakes: [raw: unknown, problem: string][] = [
  [5, 'the configuration: must be a group { … }'],
  [{ name: '', thresholdEventCount: 0 }, 'thresholdEventCount: must be at least 1'],
  [{ name: 7 }, 'name: must be a text in quotes'],
  [{ name: 'x'.repeat(65) }, 'name: the number of characters must be at most 64'],
  [{ thresholdEventCount: '2' }, 'thresholdEventCount: must be a number without quotes'],
  [{ thresholdEventCount: 1.5 }, 'thresholdEventCount: must be a whole number'],
  [{ thresholdEventCount: 1001 }, 'thresholdEventCount: must be at most 1000'],
  [{ alarmLookbackMinutes: 0 }, 'alarmLookbackMinutes: must be at least 0.1'],
  [{ alarmLookbackMinutes: 5 }, 'eventsLookbackMinutes: must be at least 5, the longest time of a rule'],
  [{ eventsLookbackMinutes: 9999 }, 'eventsLookbackMinutes: must be at most 1440'],
  [{ lateArrivalSeconds: -1 }, 'lateArrivalSeconds: must be at least 0'],
  [{ minDistinctDevices: 3 }, 'minDistinctDevices: must be at most 2, the number of events'],
  [{ sources: [] }, 'sources: must be a group { … }'],
  [{ sources: { services: 'blink' } }, 'sources.services: must be a list [ … ]'],
  [{ sources: { services: ['Blink'] } }, 'sources.services[0]: use lower-case letters, digits and dashes'],
  [{ sources: { devices: ['front-door'] } }, 'sources.devices[0]: must be service/device, such as usb-power/lamp'],
  [{ sources: { types: [] } }, 'sources.types: the number of entries must be at least 1'],
  [{ rules: [{ threshold: 3 }] }, 'rules[0].name: is missing; give a text in quotes'],
  [
    { rules: [{ name: 'a', windowMinutes: 10 }] },
    'eventsLookbackMinutes: must be at least 10, the longest time of a rule',
  ],
  [{ rules: [{ name: 'a', modes: ['home', 'gone'] }] }, 'rules[0].modes[1]: must be one of "home", "away", "night"'],
  [
    { rules: [{ name: 'a', minDistinctDevices: 5 }] },
    'rules[0].minDistinctDevices: must be at most 2, the number of events',
  ],
  [{ rules: [{ name: 'a' }, { name: 'a' }] }, 'rules: must have different names'],
  [{ modes: [] }, 'modes: the number of entries must be at least 1'],
  [{ modes: ['disarmed'] }, 'modes[0]: must be one of "home", "away", "night"'],
  [{ delays: [{ mode: 'away' }, { mode: 'away' }] }, 'delays: must name each mode once'],
  [{ delays: [{ mode: 'away', exitSeconds: 601 }] }, 'delays[0].exitSeconds: must be at most 600'],
  [{ code: '12' }, 'code: must be 4 to 10 digits'],
  [{ code: 1234 }, 'code: must be a text in quotes'],
  [{ codeToArm: true }, 'code: is missing; codeToArm needs one'],
  [{ codeToArm: 'yes' }, 'codeToArm: must be true or false'],
  [{ offlineSources: 'ignore' }, 'offlineSources: must be one of "warn", "refuse"'],
  [
    { schedule: [{ cron: '22:30', mode: 'night' }] },
    'schedule[0].cron: must have five fields, such as "30 22 * * *" for 22:30',
  ],
  [
    { modes: ['away'], schedule: [{ cron: '30 22 * * *', mode: 'night' }] },
    'schedule[0].mode: must be disarmed or one of the offered modes: away',
  ],
  [
    { schedule: [{ cron: '30 22 * * *', mode: 'sleep' }] },
    'schedule[0].mode: must be one of "disarmed", "home", "away", "night"',
  ],
  [{ timeZone: 'Mars/Olympus' }, 'timeZone: must be a time zone such as Europe/Berlin'],
  [{ triggerSeconds: 0 }, 'triggerSeconds: must be at least 1'],
  [{ afterTrigger: 'again' }, 'afterTrigger: must be one of "re-arm", "stay"'],
  [{ switches: [{ device: 'lamp' }] }, 'switches[0].device: must be service/device, such as usb-power/lamp'],
  [
    { switches: [{ device: 'usb-power/lamp', pattern: 'blink' }] },
    'switches[0].pattern: must be one of "steady", "flash"',
  ],
  [{ switches: [{ device: 'usb-power/lamp', onSeconds: 0 }] }, 'switches[0].onSeconds: must be at least 0.1'],
  [{ publish: [{ topic: 'siren/#' }] }, 'publish[0].topic: must be one topic, without + or #'],
  [{ publish: [{ payload: 'ON' }] }, 'publish[0].topic: is missing; give a text in quotes'],
  [
    { inputs: [{ preset: 'frigat' }] },
    'inputs[0].preset: must be one of "frigate-events", "frigate-reviews", "zigbee2mqtt", "tasmota", "home-assistant", "camera", "custom"',
  ],
  [{ inputs: [{ preset: 'custom' }] }, 'inputs[0].topic: is missing; the preset custom has no usual topic'],
  [{ sensor: 'smoke' }, 'sensor: must be one of "none", "motion", "contact"'],
  [
    channel({ type: 'fax' }),
    'notifications.channels[0].type: "type" must name one of the known kinds: telegram, ntfy, pushover, webhook, email, twilio',
  ],
  [channel({ type: 'telegram', chatIds: ['1'] }), 'notifications.channels[0].token: is missing; give a text in quotes'],
  [channel({ type: 'ntfy', topic: 'my topic' }), 'notifications.channels[0].topic: use letters, digits, - and _'],
  [
    channel({ type: 'webhook', url: 'ftp://x' }),
    'notifications.channels[0].url: must look like https://example.org/path',
  ],
  [
    channel({ type: 'email', server: 'smtp.example.org', from: 'a@b.org', to: ['a@b.org'] }),
    'notifications.channels[0].server: must look like smtps://smtp.example.org:465',
  ],
  [
    channel({ type: 'twilio', accountSid: `AC${'0'.repeat(32)}`, authToken: 'x', from: '0171', to: ['+14155550101'] }),
    'notifications.channels[0].from: must look like +14155550100',
  ],
  [
    { notifications: { quietHours: { from: '22', to: '07:00' } } },
    'notifications.quietHours.from: must be a time such as 22:00',
  ],
  [{ broker: { url: 'localhost:1883' } }, 'broker.url: must look like mqtt://host:1883 (or mqtts://, ws://, wss://)'],
  [
    { broker: { url: 'mqtt://me:secret@host' } },
    'broker.url: must not hold a user name or password; use the two fields for them',
  ],
  [{ broker: { root: 'a/+' } }, 'broker.root: use letters, digits, - and _, in levels separated by /'],
  [{ broker: { port: 70_000 } }, 'broker.port: must be at most 65535'],
  [{ broker: { certFile: '/a.pem' } }, 'broker.keyFile: is missing; a client certificate and its key go together'],
];

test.each(mistakes)('%j: %s', (raw, problem) => {
  const result = parseConfig(eventAlarmSchema, raw);
  expect(result).toMatchObject({ ok: false, problems: [problem] });
});

test('no value of a secret is in a message', () => {
  const raw = {
    code: 'my-secret',
    broker: { url: 'mqtt://me:hunter2@host' },
    ...channel({ type: 'ntfy', topic: 'se cret' }),
  };
  expect(JSON.stringify(parseConfig(eventAlarmSchema, raw))).not.toMatch(/my-secret|hunter2|se cret/);
});

test('the blank entries that a form begins with are no entries', () => {
  const raw = {
    switches: [{}],
    rules: [{ name: '', modes: [] }],
    sources: { services: [''] },
    notifications: { quietHours: {} },
  };
  expect(parseConfig(eventAlarmSchema, raw)).toMatchObject({
    ok: true,
    config: { switches: [], rules: [], sources: { services: [] } },
  });
});

test('an unknown key is a warning that names the nearest one, never a refusal', () => {
  expect(parseConfig(eventAlarmSchema, { triggerSecond: 5, broker: { ur: 'x' } })).toMatchObject({
    ok: true,
    warnings: [
      'triggerSecond: there is no such setting; did you mean triggerSeconds?',
      'broker.ur: there is no such setting; did you mean broker.url?',
    ],
  });
});

test.each(forms)('$service works with nothing configured', ({ schema }) => {
  expect(parseConfig(schema, {})).toMatchObject({ ok: true, warnings: [] });
});

const flat = (settings: readonly Setting[]): Setting[] =>
  settings.flatMap((setting) => [setting, ...flat(setting.settings ?? [])]);

test.each(forms)('every setting of $service has a label and a help, and its default is allowed', ({ schema }) => {
  for (const { title, description, key } of flat(listSettings(schema))) {
    expect([key, title, description]).toEqual([key, expect.stringMatching(/\S/), expect.stringMatching(/\S/)]);
  }
  expect(renderOptions(schema).split('\n').length).toBeGreaterThan(5);
});

test('secrets are masked, units are in the labels, choices have names, conditions hold', () => {
  const rendered = JSON.parse(JSON.stringify(renderHomebridge(form))) as {
    schema: { properties: Record<string, never> };
  };
  expect(rendered.schema.properties).toMatchObject({
    code: { 'x-schema-form': { type: 'password' } },
    triggerSeconds: { title: 'Ring for (s)', minimum: 1, default: 180 },
    afterTrigger: { oneOf: [{ title: 'Armed again', enum: ['re-arm'] }, { enum: ['stay'] }] },
    // The form makes check boxes of a plain enum only.
    modes: { type: 'array', uniqueItems: true, items: { enum: ['home', 'away', 'night'] } },
    switches: {
      items: {
        properties: {
          flashes: { condition: { functionBody: expect.stringContaining('model.switches[arrayIndices[0]].pattern') } },
        },
      },
    },
  });
  expect(JSON.stringify(rendered)).toContain('{"key":"modes","titleMap":[{"value":"home","name":"Home"},');
  expect(JSON.stringify(rendered)).not.toMatch(/"(unit|advanced|showWhen|section)":/);
});

test('a field that several kinds share says what it is for each, and is required only where all need it', () => {
  const notifications = listSettings(eventAlarmSchema).find(({ key }) => key === 'notifications');
  const channels = notifications?.settings?.find(({ key }) => key === 'channels')?.settings ?? [];
  const of = (name: string) => channels.find(({ key }) => key === name);
  expect(of('token')).toMatchObject({
    title: 'Bot token / Access token / Application token',
    description: expect.stringMatching(/^Telegram: From @BotFather\. ntfy: If the topic is protected\. Pushover: /),
    isRequired: false,
    showWhen: { key: 'type', in: ['telegram', 'ntfy', 'pushover'] },
  });
  expect(of('minSeverity')).toMatchObject({ title: 'Messages' });
  expect(of('minSeverity')).not.toHaveProperty('showWhen');
  expect(of('type')?.choices?.map(({ title }) => title)).toEqual([
    'Telegram',
    'ntfy',
    'Pushover',
    'Webhook',
    'E-mail',
    'Twilio',
  ]);
});

test('what the form offers is what the configuration accepts', () => {
  const properties = (
    renderHomebridge(form)['schema'] as {
      properties: Record<string, { type: string; minimum?: number; maximum?: number }>;
    }
  ).properties;
  const numbers = Object.entries(properties).filter(([, { type }]) => type === 'number' || type === 'integer');
  fc.assert(
    fc.property(fc.constantFrom(...numbers), fc.boolean(), ([key, { minimum = 0, maximum = 1000 }], isTop) => {
      const raw = { eventsLookbackMinutes: 1440, thresholdEventCount: 1000, [key]: isTop ? maximum : minimum };
      const result = parseConfig(eventAlarmSchema, raw);
      if (!result.ok) expect(result.problems[0]).not.toMatch(new RegExp(`^${key}: must be at (least|most) [\\d.]+$`));
    }),
  );
});
