import * as z from 'zod';
import { brokerSchema } from './shared/broker.ts';
import { secret } from './shared/secret.ts';

const name = z.string().min(1).max(64);
const host = z
  .string()
  .regex(/^[A-Za-z0-9.:_-]+$/, 'must be a name or an address, without http:// and without a path')
  .max(255)
  .meta({
    title: 'Address',
    description: 'Of the plug on your network. Give it a fixed one.',
    placeholder: '192.168.1.20',
  });
const topic = z
  .string()
  .min(1)
  .max(256)
  .regex(/^[^+#]*$/, 'must be one topic, without + or #');
const port = (fallback: number) =>
  z.int().min(1).max(65_535).default(fallback).meta({ title: 'Port', description: 'Of the plug.', advanced: true });
/** Words that stand where the id of a device could stand. */
const reserved = new Set(['status', 'info', 'health']);
/** A text that means "on", or a regular expression when it is written as /…/. */
const meaning = z
  .string()
  .min(1)
  .max(200)
  .refine(isPattern, 'is not a valid regular expression; write a plain text without the slashes');
const webUrl = z.url({ protocol: /^https?$/, error: 'must look like http://192.168.1.20/on' });
const command = z.string().min(1).max(1000);

/** One field of the form serves all kinds, so its help has to. */
const userName = {
  title: 'User name',
  description: 'Shelly, Tasmota: admin, unless you have changed it. Tapo: the e-mail of your TP-Link account.',
};
const password = secret('Password', 'Shelly, Tasmota: if the plug asks for one. Tapo: of your TP-Link account.');
const deviceId = {
  title: 'Device id',
  description:
    'Tuya: from the developer portal. HomeKit: as "porchlight smart-plug discover" shows it; pair it there, too.',
};

const common = {
  name: name.meta({ title: 'Name', description: 'In Apple Home.', placeholder: 'Router' }),
  mayStayOff: z.boolean().default(false).meta({
    title: 'May stay off',
    description: 'For a lamp and the like. Without a tick it feeds the router: it is kept on, and "off" restarts it.',
  }),
  offSeconds: z.number().min(3).max(600).default(20).meta({
    title: 'Off for',
    description: 'How long a restart leaves it without power. Less than 10 seconds is often not enough.',
    unit: 's',
  }),
  allowUnproven: z.boolean().default(false).meta({
    title: 'Restart without proof',
    description: 'Let other systems restart it although the test has not been passed, or the plug cannot hold a timer.',
    advanced: true,
  }),
  pollSeconds: z.number().min(2).max(3600).default(15).meta({
    title: 'Read every',
    description: 'How often its state is read.',
    unit: 's',
    advanced: true,
  }),
};

const failSafe = z.boolean().default(false).meta({
  title: 'Comes back by itself',
  description: 'What restarts it is one message, after which the plug needs no network to come back on.',
});

const shelly = z.object({
  type: z.literal('shelly'),
  ...common,
  host,
  port: port(80),
  channel: z.int().min(0).max(7).default(0).meta({ title: 'Channel', description: 'Its first is 0.', advanced: true }),
  username: z.string().max(64).default('admin').meta(userName),
  password: password.exactOptional(),
});

const relay = z
  .int()
  .min(1)
  .max(8)
  .default(1)
  .meta({ title: 'Relay', description: 'For plugs with several sockets.', advanced: true });

const tasmota = z.object({
  type: z.literal('tasmota'),
  ...common,
  host,
  port: port(80),
  username: z.string().max(64).default('admin').meta(userName),
  password: password.exactOptional(),
  relay,
});

const tasmotaMqtt = z.object({
  type: z.literal('tasmota-mqtt'),
  ...common,
  topic: topic.meta({ title: 'Topic', description: 'The topic set in Tasmota.', placeholder: 'tasmota_1A2B3C' }),
  relay,
});

const kasa = z.object({
  type: z.literal('kasa'),
  ...common,
  host,
  port: port(9999),
  outlet: z.int().min(1).max(8).exactOptional().meta({
    title: 'Socket',
    description: 'For power strips: 1 is the first socket.',
    advanced: true,
  }),
});

const tapo = z.object({
  type: z.literal('tapo'),
  ...common,
  host,
  port: port(80),
  username: z.string().min(1).max(128).meta(userName),
  password,
});

const tuya = z.object({
  type: z.literal('tuya'),
  ...common,
  host,
  port: port(6668),
  deviceId: z.string().min(8).max(64).meta(deviceId),
  localKey: secret('Local key', '16 characters. A new one is made whenever the plug is paired again.').length(16),
  version: z
    .enum(['3.1', '3.3', '3.4', '3.5'])
    .default('3.3')
    .meta({ title: 'Protocol', description: 'The wrong one shows as silence.', advanced: true }),
  switchPoint: z.int().min(1).max(255).default(1).meta({
    title: 'Data point: switch',
    description: 'As the portal lists it.',
    advanced: true,
  }),
  countdownPoint: z.int().min(1).max(255).default(9).meta({
    title: 'Data point: countdown',
    description: 'As the portal lists it.',
    advanced: true,
  }),
});

const zigbee = z.object({
  type: z.literal('zigbee2mqtt'),
  ...common,
  device: topic.meta({ title: 'Device', description: 'Its friendly name in zigbee2mqtt.', placeholder: 'router_plug' }),
  baseTopic: topic.default('zigbee2mqtt').meta({ title: 'Base topic', description: 'Of zigbee2mqtt.', advanced: true }),
});

const homekit = z.object({
  type: z.literal('homekit'),
  ...common,
  deviceId: z
    .string()
    .regex(/^([0-9A-F]{2}:){5}[0-9A-F]{2}$/i, 'must look like 1A:2B:3C:4D:5E:6F')
    .meta({ ...deviceId, placeholder: '1A:2B:3C:4D:5E:6F' }),
  host: host.exactOptional(),
  port: z
    .int()
    .min(1)
    .max(65_535)
    .exactOptional()
    .meta({ title: 'Port', description: 'Empty: found by itself.', advanced: true }),
});

const http = z.object({
  type: z.literal('http'),
  ...common,
  onUrl: webUrl.meta({ title: 'On', description: 'Address that switches it on.', secret: true }),
  offUrl: webUrl.meta({ title: 'Off', description: 'Address that switches it off.', secret: true }),
  cycleUrl: webUrl.exactOptional().meta({
    title: 'Restart',
    description: 'Address that switches it off and on again. {seconds} becomes the time between.',
    secret: true,
  }),
  stateUrl: webUrl.meta({ title: 'State', description: 'Address that tells its state.', secret: true }),
  stateOn: meaning.default('on').meta({
    title: 'Means on',
    description: 'It is on when the answer contains this; /…/ is a regular expression.',
  }),
  method: z.enum(['GET', 'POST', 'PUT']).default('GET').meta({ title: 'Method', description: 'Of the requests.' }),
  failSafe,
});

const mqtt = z.object({
  type: z.literal('mqtt'),
  ...common,
  commandTopic: topic.meta({ title: 'Command topic', description: 'Where commands go.', placeholder: 'plug/set' }),
  stateTopic: topic.meta({ title: 'State topic', description: 'Where it tells its state.', placeholder: 'plug/state' }),
  onPayload: z.string().max(1000).default('ON').meta({ title: 'On', description: 'Message that switches it on.' }),
  offPayload: z.string().max(1000).default('OFF').meta({ title: 'Off', description: 'Message that switches it off.' }),
  cyclePayload: z.string().min(1).max(1000).exactOptional().meta({
    title: 'Restart',
    description: 'Message that switches it off and on again. {seconds} becomes the time between.',
  }),
  stateOn: meaning.default('ON').meta({ title: 'Means on', description: 'The state that is on.' }),
  statePath: z.string().min(1).max(100).exactOptional().meta({
    title: 'Field',
    description: 'Where in the JSON the state is. Empty: the whole message.',
    advanced: true,
  }),
  failSafe,
});

const commands = z.object({
  type: z.literal('command'),
  ...common,
  onCommand: command.meta({ title: 'On', description: 'Command that switches it on.', placeholder: '/opt/plug on' }),
  offCommand: command.meta({
    title: 'Off',
    description: 'Command that switches it off.',
    placeholder: '/opt/plug off',
  }),
  cycleCommand: command.exactOptional().meta({
    title: 'Restart',
    description: 'Command that switches it off and on again. {seconds} becomes the time between.',
  }),
  stateCommand: command.meta({
    title: 'State',
    description: 'Command that succeeds while it is on, and ends with 1 while it is off.',
  }),
  failSafe,
});

const gpio = z.object({
  type: z.literal('gpio'),
  ...common,
  chip: z
    .string()
    .regex(/^gpiochip\d+$/, 'must look like gpiochip0')
    .default('gpiochip0')
    .meta({ title: 'Chip', description: 'As gpiodetect lists it.', advanced: true }),
  line: z.int().min(0).max(511).meta({ title: 'Line', description: 'GPIO number, not the number of the pin.' }),
  activeLow: z.boolean().default(false).meta({
    title: 'Active low',
    description: 'The relay board pulls in when the line is low.',
  }),
});

const plugSchema = z.discriminatedUnion('type', [
  shelly,
  tasmota,
  tasmotaMqtt,
  kasa,
  tapo,
  tuya,
  zigbee,
  homekit,
  http,
  mqtt,
  commands,
  gpio,
]);

const stepSchema = z.object({
  plug: name.meta({ title: 'Plug', description: 'The name of one of the plugs.', placeholder: 'Modem' }),
  waitSeconds: z.number().min(0).max(900).default(0).meta({
    title: 'Then wait',
    description: 'After it is on again, before the next one.',
    unit: 's',
  }),
});

const sequenceSchema = z.object({
  name: name.meta({ title: 'Name', description: 'In Apple Home.', placeholder: 'Internet' }),
  steps: z.array(stepSchema).min(1).max(8).meta({
    title: 'Steps',
    description: 'One after the other.',
    item: 'step',
  }),
});

export const smartPlugSchema = z
  .object({
    plugs: z
      .array(plugSchema)
      .max(32)
      .default([])
      .meta({ title: 'Plugs', description: 'One entry for each plug.', item: 'plug' }),
    sequences: z.array(sequenceSchema).max(8).default([]).meta({
      title: 'Sequences',
      description: 'Several plugs restarted in order: the modem, a pause, the router.',
      item: 'sequence',
      section: 'Sequences',
    }),
    broker: brokerSchema,
  })
  .check(({ value, issues }) => {
    const names = new Set<string>();
    const report = (path: (string | number)[], message: string): void =>
      void issues.push({ code: 'custom', input: value, path, message });
    for (const [list, entries] of Object.entries({ plugs: value.plugs, sequences: value.sequences })) {
      for (const [index, entry] of entries.entries()) {
        const id = idOf(entry.name);
        if (names.has(id)) report([list, index, 'name'], 'is used twice; names must differ in letters a-z or digits');
        if (reserved.has(id)) report([list, index, 'name'], 'is a word with a meaning of its own; choose another name');
        names.add(id);
      }
    }
    const plugs = new Set(value.plugs.map((plug) => plug.name));
    for (const [index, { steps }] of value.sequences.entries()) {
      for (const [at, { plug }] of steps.entries()) {
        if (!plugs.has(plug)) report(['sequences', index, 'steps', at, 'plug'], 'is not the name of one of the plugs');
      }
    }
  });

export type SmartPlugConfig = z.output<typeof smartPlugSchema>;
export type PlugConfig = SmartPlugConfig['plugs'][number];
export type PlugConfigOf<T extends PlugConfig['type']> = Extract<PlugConfig, { type: T }>;

/** What the name becomes in topics; two plugs of one id cannot be told apart. */
function idOf(text: string): string {
  const plain = text.normalize('NFKD').replace(/[\u0300-\u036f]/g, '');
  return plain
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
}

function isPattern(text: string): boolean {
  const [, source, flags] = /^\/(.+)\/([imsu]*)$/.exec(text) ?? [];
  if (source === undefined) return true;
  try {
    return new RegExp(source, flags) instanceof RegExp;
  } catch {
    return false;
  }
}
