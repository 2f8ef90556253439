import { afterEach, expect, test } from '@jest/globals';
import { freePort, until } from '@porchlight/core/testing';
import { startBlink, startHttp, startUsb, type Blink, type HttpSimulator, type Usb } from '@porchlight/simulators';
import { openPersonalSignIn } from 'homebridge-porchlight-blink/service';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pair, type Controller } from './support/controller.ts';
import { createHomebridge, type Homebridge } from './support/homebridge.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

const away = 1;
const disarmed = 3;
const triggered = 4;
const patienceMs = 30_000;

interface House {
  blink: Blink;
  usb: Usb;
  phone: HttpSimulator;
  films(): string[];
  homebridge: Homebridge;
}

async function openFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'porchlight-e2e-blink-'));
  cleanUps.push(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function openCloud(): Promise<Blink> {
  const blink = await startBlink({ now: () => Date.now() });
  cleanUps.push(() => blink.close());
  blink.scenario.uploadMs = 500;
  for (const camera of blink.account.cameras) Object.assign(camera, { clipSeconds: 1, retriggerSeconds: 0 });
  for (const network of blink.account.networks) network.armed = false;
  return blink;
}

/** Cameras, alarm and lamp in one Homebridge that meet at its built-in broker; nothing is preconfigured elsewhere. */
async function openHouse(): Promise<House> {
  const blink = await openCloud();
  const usb = startUsb({ folder: await openFolder(), isWatching: true });
  cleanUps.push(() => usb.close());
  const phone = await startHttp({}, () => ({ body: {} }));
  cleanUps.push(() => phone.close());
  const folder = join(await openFolder(), 'films');
  const films = () => (existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.mp4')) : []);
  const broker = { port: await freePort() };
  const { email, password } = blink.account;
  const homebridge = await createHomebridge({
    platforms: [
      {
        platform: 'PorchlightBlink',
        email,
        password,
        api: { oauthUrl: blink.url, restUrl: blink.url },
        polling: { armedSeconds: 5 },
        followAlarm: { enabled: true, modes: ['away'] },
        clips: { save: 'alarm', folder },
        motionSeconds: 2,
        broker,
      },
      {
        platform: 'PorchlightEventAlarm',
        thresholdEventCount: 3,
        sources: { services: ['blink'] },
        switches: [{ device: 'usb-power/lamp', pattern: 'flash', onSeconds: 0.4, offSeconds: 0.4 }],
        notifications: { channels: [{ type: 'ntfy', server: phone.url, topic: 'home' }] },
        broker,
      },
      {
        platform: 'PorchlightUsbPower',
        sysfsFolder: usb.sysfsFolder,
        uhubctlPath: join(usb.sysfsFolder, 'none'),
        pollSeconds: 0.5,
        lamps: [{ name: 'Lamp', port: '1-1.4' }],
        broker,
      },
    ],
  });
  cleanUps.push(() => homebridge.remove());
  await homebridge.start();
  return { blink, usb, phone, films, homebridge };
}

/** As the settings page and the command line do it, beside the running service: the one PIN that was sent is enough. */
async function enterPin({ blink, homebridge }: House): Promise<void> {
  await until(() => homebridge.lines.some((line) => line.includes('Blink has sent a PIN')));
  const api = { oauthUrl: blink.url, restUrl: blink.url };
  const signIn = openPersonalSignIn({ email: blink.account.email, api }, join(homebridge.folder, 'porchlight'));
  await until(async () => (await signIn.status()).phase === 'pin-wanted');
  expect(await signIn.begin({ email: blink.account.email, password: 'not needed' })).toMatchObject({
    type: 'pin-wanted',
  });
  await signIn.enterPin(blink.account.pin);
}

/** Again and again, as a person would: just after a start the alarm does not answer yet. */
async function arm(controller: Controller): Promise<void> {
  await until(async () => {
    await controller.write('SecuritySystem', 'TargetState', away).catch(() => undefined);
    return (await controller.read('SecuritySystem', 'CurrentState').catch(() => undefined)) === away;
  }, patienceMs);
}

async function isLampOn(controller: Controller): Promise<boolean> {
  return Boolean(await controller.read('Lightbulb', 'On').catch(() => false));
}

test('armed in Apple Home, three motions: it rings, the lamp flashes, a phone gets the pictures; disarmed, all is dark', async () => {
  const house = await openHouse();
  const { blink, usb, phone, films, homebridge } = house;
  await enterPin(house);
  const controller = await pair(homebridge);
  cleanUps.push(() => controller.close());
  const motions = await controller.watch('MotionSensor', 'MotionDetected');
  expect(await controller.read('SecuritySystem', 'CurrentState')).toBe(disarmed);
  expect(usb.isLit('1-1.4')).toBe(false);

  await arm(controller);
  await until(() => blink.account.networks.every(({ armed }) => armed), patienceMs);
  for (const camera of [4001, 4002, 5001]) {
    expect(await controller.read('SecuritySystem', 'CurrentState')).toBe(away);
    const row = blink.scenario.trigger(camera);
    const picture = `/${row?.id}.jpg`;
    await until(() => blink.http.requests.some(({ url }) => url.pathname.endsWith(picture)), patienceMs);
  }
  await until(async () => (await controller.read('SecuritySystem', 'CurrentState')) === triggered, patienceMs);
  for (const isLit of [true, false, true, false, true]) await until(() => usb.isLit('1-1.4') === isLit);
  expect(await isLampOn(controller)).toBe(true);
  expect(motions.some(Boolean)).toBe(true);
  await until(() => films().length === 3, patienceMs);
  await until(() => phone.requests.length >= 2);
  const [text, picture] = phone.requests;
  expect(text?.body.toString()).toMatch(/Yard[^]*Garage[^]*Hall/);
  expect(picture?.body.subarray(0, 2).toString('hex')).toBe('ffd8');

  await controller.write('SecuritySystem', 'TargetState', disarmed);
  await until(() => !usb.isLit('1-1.4'));
  await until(() => blink.account.networks.every(({ armed }) => !armed), patienceMs);
  await until(async () => !(await isLampOn(controller)));

  // Armed again after a restart, films of then that are watched now ring nothing.
  await controller.close();
  await homebridge.stop();
  await homebridge.start();
  await arm(controller);
  await until(() => blink.account.networks.every(({ armed }) => armed), patienceMs);
  const since = Date.now();
  for (const row of blink.account.media) blink.scenario.watch(row);
  await until(() => blink.log.count('media/changed', since) > 1, patienceMs);
  expect(await controller.read('SecuritySystem', 'CurrentState')).toBe(away);
  expect(usb.isLit('1-1.4')).toBe(false);
  expect(phone.requests.filter(({ url }) => url.pathname === '/')).toHaveLength(1);
  expect(blink.oauth.messages).toHaveLength(1);
}, 240_000);
