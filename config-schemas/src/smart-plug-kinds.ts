import * as z from 'zod';
import { secret } from './shared/secret.ts';
import {
  command,
  common,
  deviceId,
  failSafe,
  host,
  meaning,
  password,
  port,
  relay,
  topic,
  userName,
  webUrl,
} from './smart-plug-fields.ts';

const shelly = z.object({
  type: z.literal('shelly'),
  ...common,
  host,
  port: port(80),
  channel: z.int().min(0).max(7).default(0).meta({ title: 'Channel', description: 'Its first is 0.', advanced: true }),
  username: z.string().max(64).default('admin').meta(userName),
  password: password.exactOptional(),
});

const tasmota = z.object({
  type: z.literal('tasmota').meta({ title: 'Tasmota over HTTP' }),
  ...common,
  host,
  port: port(80),
  username: z.string().max(64).default('admin').meta(userName),
  password: password.exactOptional(),
  relay,
});

const tasmotaMqtt = z.object({
  type: z.literal('tasmota-mqtt').meta({ title: 'Tasmota over MQTT' }),
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
  type: z.literal('zigbee2mqtt').meta({ title: 'zigbee2mqtt' }),
  ...common,
  device: topic.meta({ title: 'Device', description: 'Its friendly name in zigbee2mqtt.', placeholder: 'router_plug' }),
  baseTopic: topic.default('zigbee2mqtt').meta({ title: 'Base topic', description: 'Of zigbee2mqtt.', advanced: true }),
});

const homekit = z.object({
  type: z.literal('homekit').meta({ title: 'HomeKit' }),
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
  type: z.literal('http').meta({ title: 'HTTP' }),
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
  type: z.literal('mqtt').meta({ title: 'MQTT' }),
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
  type: z.literal('command').meta({ title: 'Command' }),
  ...common,
  onCommand: command.meta({ title: 'On', description: 'Command that switches it on.', placeholder: '/opt/plug on' }),
  offCommand: command.meta({
    title: 'Off',
    description: 'Command that switches it off.',
    placeholder: '/opt/plug off',
  }),
  cycleCommand: command.exactOptional().meta({
    title: 'Restart',
    description: 'Command that makes it go off and on again. {seconds} becomes the time between. It must end at once.',
  }),
  stateCommand: command.meta({
    title: 'State',
    description: 'Command that succeeds while it is on, and ends with 1 while it is off.',
  }),
  failSafe,
});

const gpio = z.object({
  type: z.literal('gpio').meta({ title: 'GPIO relay' }),
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

/** A plug of any kind; what only some of them need stands with their kind. */
export const plugSchema = z.discriminatedUnion('type', [
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
