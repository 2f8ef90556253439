import { join } from 'node:path';
import { demoFolder, type Home } from './folder.ts';
import type { World } from './world.ts';

/** Homebridge's configuration of the demo: what an owner would enter in the forms, with shorter delays. */
export function describePlatforms({ brokerPort }: Home, world: World): object[] {
  const broker = { port: brokerPort };
  return [alarm, blink(world), ...rhombus(world), lamp(world), plug(world), watchdog(world)].map((block) => ({
    ...block,
    broker,
  }));
}

const alarm = {
  platform: 'PorchlightEventAlarm',
  name: 'House alarm',
  thresholdEventCount: 3,
  delays: [{ mode: 'away', exitSeconds: 5 }],
  triggerSeconds: 30,
  sensor: 'motion',
  footage: 'all',
  switches: [{ device: 'usb-power/porch-lamp', pattern: 'flash', flashes: 10 }],
};

function blink({ blink: { account, url } }: World): object {
  return {
    platform: 'PorchlightBlink',
    email: account.email,
    password: account.password,
    followAlarm: { enabled: true },
    motionSeconds: 5,
    localStorage: 'off',
    polling: { armedSeconds: 5, stateSeconds: 30, requestsPerHour: 5000 },
    api: { oauthUrl: url, restUrl: url },
  };
}

/** The key that every simulated organisation knows. */
const apiKey = 'simulated-api-token';

function rhombus({ rhombus: cloud }: World): object[] {
  if (!cloud) return [];
  const endpoints = { api: cloud.apiUrl, stream: cloud.wsUrl, media: cloud.wanUrl };
  return [{ platform: 'PorchlightRhombus', apiKey, endpoints, motionSeconds: 5 }];
}

function lamp({ usb }: World): object {
  const { sysfsFolder, uhubctlPath, pinctrlPath } = usb;
  const lamps = [{ name: 'Porch lamp', port: '1-1.4' }];
  return { platform: 'PorchlightUsbPower', lamps, pollSeconds: 1, sysfsFolder, uhubctlPath, pinctrlPath };
}

function plug({ plugPort }: World): object {
  const router = { type: 'shelly', name: 'Router', host: '127.0.0.1', port: plugPort, offSeconds: 5, pollSeconds: 5 };
  // An owner proves a plug on a lamp first; a demo has none.
  return { platform: 'PorchlightSmartPlug', plugs: [{ ...router, allowUnproven: true }] };
}

function watchdog({ network: { targets } }: World): object {
  return {
    platform: 'PorchlightWatchdog',
    device: 'smart-plug/router',
    offSeconds: 5,
    bootGraceSeconds: 30,
    gateway: targets.gateway.host,
    probes: [
      ...targets.tcp.map((target, index) => ({ type: 'tcp', ...target, owner: `host ${index + 1}` })),
      { type: 'http', url: `${targets.http}/success.txt`, body: 'success' },
    ],
    intervalSeconds: 2,
    timeoutSeconds: 1,
    offlineAfterSeconds: 6,
    startupGraceSeconds: 0,
  };
}

/** Services that have no Homebridge plugin: footage is copied when the alarm rings. */
export function describeHost({ brokerPort }: Home, { rhombus: cloud }: World): object {
  if (!cloud) return {};
  const output = join(demoFolder, 'footage');
  const footage = { apiKey, output, beforeSeconds: 5, afterSeconds: 5, apiUrl: cloud.apiUrl };
  return { broker: { port: brokerPort }, services: { footage } };
}
