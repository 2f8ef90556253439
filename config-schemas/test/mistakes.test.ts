import { expect, test } from '@jest/globals';
import { parseConfig } from '@porchlight/core';
import { forms } from '../src/index.ts';

function parse(service: string, raw: object) {
  const form = forms.find((candidate) => candidate.service === service);
  if (!form) throw new Error(`There is no form of ${service}.`);
  return parseConfig(form.schema, raw);
}

/** What an owner does wrong, and what he is told. */
const mistakes: [service: string, raw: object, problems: string | string[]][] = [
  ['blink', { email: 'me' }, 'email: must be a valid email'],
  ['blink', { email: 5 }, 'email: must be a text in quotes'],
  ['blink', { password: 1234 }, 'password: must be a text in quotes'],
  ['blink', { cameras: [{ name: 'Door' }] }, 'cameras[0].camera: is missing; give a text in quotes'],
  ['blink', { cameras: [{ camera: 'Front', hide: 'yes' }] }, 'cameras[0].hide: must be true or false'],
  ['blink', { localStorage: 'usb' }, 'localStorage: must be one of "auto", "on", "off"'],
  ['blink', { temperatureUnit: 'C' }, 'temperatureUnit: must be one of "fahrenheit", "celsius"'],
  ['blink', { polling: { requestsPerHour: 9999 } }, 'polling.requestsPerHour: must be at most 5000'],
  ['blink', { polling: { idleSeconds: '60' } }, 'polling.idleSeconds: must be a number without quotes'],
  ['blink', { followAlarm: { modes: [] } }, 'followAlarm.modes: the number of entries must be at least 1'],
  [
    'blink',
    { followAlarm: { enabled: true, modes: ['vacation'] } },
    'followAlarm.modes[0]: must be one of "home", "away", "night"',
  ],
  ['blink', { clips: { save: 'always' } }, 'clips.save: must be one of "never", "alarm", "motion"'],
  ['blink', { api: { oauthUrl: 'blink' } }, 'api.oauthUrl: must be a valid url'],
  ['blink', { api: { restUrl: 'x' } }, 'api.restUrl: the number of characters must be at least 8'],
  ['blink', { api: { headers: [{ name: 'X' }] } }, 'api.headers[0].value: is missing; give a text in quotes'],
  ['blink', { api: { timeoutSeconds: 0 } }, 'api.timeoutSeconds: must be at least 0.1'],
  ['blink', { snapshots: null, onlyListed: 'no' }, 'onlyListed: must be true or false'],
  ['usb-power', { lamps: [{ port: '1-1.4' }] }, 'lamps[0].name: is missing; give a text in quotes'],
  ['usb-power', { lamps: [{ name: 'Porch' }] }, 'lamps[0].port: is missing; give a USB port, or a GPIO pin'],
  [
    'usb-power',
    { lamps: [{ name: 'Porch', port: 'usb1' }] },
    'lamps[0].port: must be a port such as 1-1.4, a device such as 1a86:7523, or a port of a hub: 05e3:0610#4',
  ],
  [
    'usb-power',
    { lamps: [{ name: 'Porch', driver: 'gpio-relay' }] },
    'lamps[0].pin: is missing; the driver gpio-relay needs one',
  ],
  [
    'usb-power',
    { lamps: [{ name: 'Porch', driver: 'uhubctl', pin: 17 }] },
    'lamps[0].port: is missing; the driver uhubctl needs one',
  ],
  ['usb-power', { lamps: [{ name: 'Porch', pin: 99 }] }, 'lamps[0].pin: must be at most 53'],
  [
    'usb-power',
    { lamps: [{ name: 'Porch', port: '1-1', as: 'lamp' }] },
    'lamps[0].as: must be one of "light", "outlet", "switch"',
  ],
  [
    'usb-power',
    { lamps: [{ name: 'Porch', port: '1-1', pattern: 'strobe' }] },
    'lamps[0].pattern: must be one of "steady", "flash", "sos"',
  ],
  ['usb-power', { lamps: [{ name: 'Porch', port: '1-1', onSeconds: 0 }] }, 'lamps[0].onSeconds: must be at least 0.1'],
  [
    'usb-power',
    { lamps: [{ name: 'Porch', port: '1-1', autoOffSeconds: -1 }] },
    'lamps[0].autoOffSeconds: must be at least 0',
  ],
  [
    'usb-power',
    { lamps: [{ name: 'Porch', port: '1-1', atStart: 'restore' }] },
    'lamps[0].atStart: must be one of "off", "on", "last", "leave"',
  ],
  [
    'usb-power',
    {
      lamps: [
        { name: 'Porch', port: '1-1' },
        { name: 'porch ', port: '1-2' },
      ],
    },
    'lamps: must have different names',
  ],
  ['usb-power', { gpioLibrary: 'wiringpi' }, 'gpioLibrary: must be one of "auto", "rpio", "pinctrl"'],
  ['usb-power', { lamps: [{ name: 'Porch', port: 1.4 }] }, 'lamps[0].port: must be a text in quotes'],
  [
    'smart-plug',
    { plugs: [{ name: 'R' }] },
    'plugs[0].type: "type" must name one of the known kinds: shelly, tasmota, tasmota-mqtt, kasa, tapo, tuya, zigbee2mqtt, homekit, http, mqtt, command, gpio',
  ],
  [
    'smart-plug',
    { plugs: [{ type: 'hue', name: 'R' }] },
    'plugs[0].type: "type" must name one of the known kinds: shelly, tasmota, tasmota-mqtt, kasa, tapo, tuya, zigbee2mqtt, homekit, http, mqtt, command, gpio',
  ],
  ['smart-plug', { plugs: [{ type: 'shelly', name: 'R' }] }, 'plugs[0].host: is missing; give a text in quotes'],
  [
    'smart-plug',
    { plugs: [{ type: 'shelly', name: 'R', host: 'http://192.168.1.20/' }] },
    'plugs[0].host: must be a name or an address, without http:// and without a path',
  ],
  [
    'smart-plug',
    { plugs: [{ type: 'shelly', name: 'R', host: 'a', offSeconds: 1 }] },
    'plugs[0].offSeconds: must be at least 3',
  ],
  [
    'smart-plug',
    { plugs: [{ type: 'tapo', name: 'R', host: 'a' }] },
    ['plugs[0].username: is missing; give a text in quotes', 'plugs[0].password: is missing; give a text in quotes'],
  ],
  [
    'smart-plug',
    { plugs: [{ type: 'tuya', name: 'R', host: 'a', deviceId: '12345678', localKey: 'short' }] },
    'plugs[0].localKey: the number of characters must be at least 16',
  ],
  [
    'smart-plug',
    {
      plugs: [{ type: 'tuya', name: 'R', host: 'a', deviceId: '12345678', localKey: '0123456789abcdef', version: '4' }],
    },
    'plugs[0].version: must be one of "3.1", "3.3", "3.4", "3.5"',
  ],
  [
    'smart-plug',
    { plugs: [{ type: 'homekit', name: 'R', deviceId: '1a2b' }] },
    'plugs[0].deviceId: must look like 1A:2B:3C:4D:5E:6F',
  ],
  [
    'smart-plug',
    { plugs: [{ type: 'http', name: 'R', onUrl: 'x', offUrl: 'http://a', stateUrl: 'http://a' }] },
    'plugs[0].onUrl: must look like http://192.168.1.20/on',
  ],
  [
    'smart-plug',
    {
      plugs: [{ type: 'http', name: 'R', onUrl: 'http://a', offUrl: 'http://a', stateUrl: 'http://a', stateOn: '/(/' }],
    },
    'plugs[0].stateOn: is not a valid regular expression; write a plain text without the slashes',
  ],
  [
    'smart-plug',
    { plugs: [{ type: 'mqtt', name: 'R', commandTopic: 'a/#', stateTopic: 'b' }] },
    'plugs[0].commandTopic: must be one topic, without + or #',
  ],
  [
    'smart-plug',
    { plugs: [{ type: 'gpio', name: 'R', line: 1, chip: 'chip0' }] },
    'plugs[0].chip: must look like gpiochip0',
  ],
  [
    'smart-plug',
    {
      plugs: [
        { type: 'shelly', name: 'R', host: 'a' },
        { type: 'shelly', name: 'r', host: 'b' },
      ],
    },
    'plugs[1].name: is used twice; names must differ in letters a-z or digits',
  ],
  [
    'smart-plug',
    { plugs: [{ type: 'shelly', name: 'Status', host: 'a' }] },
    'plugs[0].name: is a word with a meaning of its own; choose another name',
  ],
  [
    'smart-plug',
    { sequences: [{ name: 'I', steps: [] }] },
    'sequences[0].steps: the number of entries must be at least 1',
  ],
  [
    'smart-plug',
    { sequences: [{ name: 'I', steps: [{ plug: 'Modem' }] }] },
    'sequences[0].steps[0].plug: is not the name of one of the plugs',
  ],
  [
    'smart-plug',
    { plugs: [{ type: 'command', name: 'R', onCommand: 'x' }] },
    [
      'plugs[0].offCommand: is missing; give a text in quotes',
      'plugs[0].stateCommand: is missing; give a text in quotes',
    ],
  ],
  ['watchdog', { device: 'router' }, 'device: must be service/device, such as smart-plug/router'],
  [
    'watchdog',
    { probes: [{ host: 'x' }] },
    'probes[0].type: "type" must name one of the known kinds: tcp, ping, dns, http, command',
  ],
  [
    'watchdog',
    { probes: [{ type: 'icmp' }] },
    'probes[0].type: "type" must name one of the known kinds: tcp, ping, dns, http, command',
  ],
  ['watchdog', { probes: [{ type: 'tcp' }] }, 'probes[0].host: is missing; give a text in quotes'],
  ['watchdog', { probes: [{ type: 'tcp', host: '1.1.1.1', port: 0 }] }, 'probes[0].port: must be at least 1'],
  ['watchdog', { probes: [{ type: 'ping', host: 'a b' }] }, 'probes[0].host: must be a host name or an address'],
  [
    'watchdog',
    { probes: [{ type: 'dns', server: 'dns.example' }] },
    'probes[0].server: must be an address such as 1.1.1.1, or "system"',
  ],
  [
    'watchdog',
    { probes: [{ type: 'http', url: 'example.org' }] },
    'probes[0].url: must look like http://example.org/path',
  ],
  [
    'watchdog',
    { probes: [{ type: 'http', url: 'http://e.org', status: 20 }] },
    'probes[0].status: must be at least 100',
  ],
  ['watchdog', { probes: [{ type: 'command', command: 'ping' }] }, 'probes[0].command: must be a list [ … ]'],
  [
    'watchdog',
    { intervalSeconds: 10, timeoutSeconds: 20 },
    'timeoutSeconds: must be at most 10, the time between two rounds',
  ],
  ['watchdog', { intervalSeconds: 120 }, 'offlineAfterSeconds: must be at least 120, the time between two rounds'],
  ['watchdog', { cooldownMinutes: 1, offSeconds: 120 }, 'cooldownMinutes: must be longer than offSeconds'],
  ['watchdog', { rebootFor: ['cable'] }, 'rebootFor[0]: must be one of "wan", "lan", "dns"'],
  ['watchdog', { quietHours: { from: '25:00', to: '07:00' } }, 'quietHours.from: must be a time such as 22:00'],
  ['watchdog', { quietHours: { from: '22:00' } }, 'quietHours.to: is missing; give a text in quotes'],
  ['watchdog', { heartbeat: { url: 'https://x', token: 't' } }, 'heartbeat.url: must look like wss://example.org/beat'],
  ['watchdog', { heartbeat: { url: 'wss://x/beat' } }, 'heartbeat.token: is missing; give a text in quotes'],
  ['watchdog', { pushes: [{ url: 'hc' }] }, 'pushes[0].url: must look like https://hc-ping.com/…'],
  ['watchdog', { pushes: [{ url: 'https://x', everySeconds: 1 }] }, 'pushes[0].everySeconds: must be at least 15'],
  ['watchdog', { timeZone: 'CEST' }, 'timeZone: must be a time zone such as Europe/Berlin'],
  ['footage', { apiKey: 12 }, 'apiKey: must be a text in quotes'],
  ['footage', { region: 'asia' }, 'region: must be one of "us", "eu"'],
  ['footage', { afterSeconds: 0 }, 'afterSeconds: must be at least 1'],
  ['footage', { afterSeconds: 7200 }, 'afterSeconds: must be at most 3600'],
  ['footage', { cameras: 'Front' }, 'cameras: must be a list [ … ]'],
  ['footage', { lanTrust: 'yes' }, 'lanTrust: must be one of "pin", "verify", "any"'],
  ['footage', { apiUrl: 'rhombus' }, 'apiUrl: must be a valid url'],
];

test.each(mistakes)('%s %j: %j', (service, raw, problems) => {
  expect(parse(service, raw)).toMatchObject({ ok: false, problems: [problems].flat() });
});

test.each([
  ['blink', { password: 12345678, email: 'hunter2' }],
  ['smart-plug', { plugs: [{ type: 'tuya', name: 'R', host: 'a', deviceId: '12345678', localKey: 'hunter2' }] }],
  ['smart-plug', { plugs: [{ type: 'http', name: 'R', onUrl: 'hunter2', offUrl: 'http://a', stateUrl: 'http://a' }] }],
  ['watchdog', { heartbeat: { url: 'https://tower?hunter2', token: 12345678 }, pushes: [{ url: 'hunter2' }] }],
  ['footage', { apiKey: 12345678 }],
] as const)('%s: what it is told holds no value of %j', (service, raw) => {
  expect(JSON.stringify(parse(service, raw))).not.toMatch(/hunter2|12345678/);
});
