import {
  createBlinkAccount,
  createDemoOrganisation,
  makeCamera,
  makeGateway,
  startBlink,
  startHomeNetwork,
  startRhombus,
  startShellyGen2,
  startUsb,
  type Blink,
  type HomeNetwork,
  type Organisation,
  type Rhombus,
  type Usb,
} from '@porchlight/simulators';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describeError } from '@porchlight/core';
import { demoFolder, servicesFolder } from './folder.ts';

/** What stands for the things that a demo cannot bring along: two camera clouds, a USB lamp, a plug, a router. */
export interface World {
  readonly blink: Blink;
  /** Undefined without ffmpeg, which makes its films. */
  readonly rhombus: Rhombus | undefined;
  readonly usb: Usb;
  readonly network: HomeNetwork;
  /** Where the router's plug is reached: through the router that it feeds. */
  readonly plugPort: number;
  close(): Promise<void>;
}

const bootMs = 3_000;
const uploadMs = 500;

export async function openWorld(say: (line: string) => void): Promise<World> {
  // The simulated account, plug, line and machine are new every time: what was remembered of the last ones would mislead.
  const services = ['blink', 'smart-plug', 'watchdog'].map((name) => join(servicesFolder, name));
  for (const folder of [...services, join(demoFolder, 'usb')]) await rm(folder, { recursive: true, force: true });
  await mkdir(join(demoFolder, 'usb'), { recursive: true });
  const usb = startUsb({ folder: join(demoFolder, 'usb'), isWatching: true });
  const [blink, rhombus, network] = await Promise.all([openBlink(), openRhombus(say), startHomeNetwork({ bootMs })]);
  const plug = await startShellyGen2({ relay: network.relay });
  return {
    blink,
    rhombus,
    usb,
    network,
    plugPort: await network.expose(plug.port),
    async close() {
      usb.close();
      await Promise.all([blink.close(), rhombus?.close(), plug.close()]);
      await network.close();
    },
  };
}

/** Five cameras, disarmed, that record for a second. */
async function openBlink(): Promise<Blink> {
  const account = createBlinkAccount();
  account.twoFactor = 'none';
  for (const system of account.networks) system.armed = false;
  for (const camera of account.cameras) Object.assign(camera, { clipSeconds: 1, retriggerSeconds: 0 });
  const blink = await startBlink({ account, now: () => Date.now() });
  blink.scenario.uploadMs = uploadMs;
  // The alarm remembers what it has counted, also from the demo of the last time.
  blink.scenario.nextId = Math.floor(Date.now() / 1000);
  return blink;
}

async function openRhombus(say: (line: string) => void): Promise<Rhombus | undefined> {
  try {
    const organisation = furnish(Math.floor(Date.now() / 1000));
    const mediaFolder = join(demoFolder, 'media');
    return await startRhombus({ mediaFolder, organisation, plainCloud: true, now: () => Date.now() });
  } catch (error) {
    say(`The Rhombus cameras stay away (${describeError(error)}). They need ffmpeg: sudo apt-get install ffmpeg`);
    return undefined;
  }
}

/** Three cameras, one of them with a microphone. */
function furnish(nowSec: number): Organisation {
  const org = createDemoOrganisation(nowSec);
  org.cameras = ['Terrace', 'Workshop', 'Gate'].map((name) => makeCamera(name, nowSec));
  const [terrace] = org.cameras.map(({ uuid }) => uuid);
  org.gateways = [makeGateway('Terrace microphone', nowSec, { associatedCameras: terrace ? [terrace] : [] })];
  org.sensors = [];
  return org;
}
