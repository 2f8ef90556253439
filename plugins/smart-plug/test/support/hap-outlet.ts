import type * as HapModule from 'hap-nodejs';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Relay } from '@porchlight/simulators';

export interface HapOutlet {
  id: string;
  code: string;
  port: number;
  relay: Relay;
  close(): Promise<void>;
}

const hap = createRequire(import.meta.url)('hap-nodejs') as typeof HapModule;
/** The category of outlets, as HAP numbers it. */
const outlet = 7;
let folder: string | undefined;

/** A plug that speaks HomeKit itself, with the real protocol. */
export async function startHapOutlet(): Promise<HapOutlet> {
  folder ??= await mkdtemp(join(tmpdir(), 'porchlight-hap-'));
  hap.HAPStorage.setCustomStoragePath(folder);
  const { Accessory, Characteristic, Service, uuid } = hap;
  const id = [
    '1A',
    ...Array.from({ length: 5 }, () => randomInt(256).toString(16).padStart(2, '0').toUpperCase()),
  ].join(':');
  const relay = new Relay();
  const accessory = new Accessory('Plug', uuid.generate(id));
  accessory.getService(Service.AccessoryInformation)?.setCharacteristic(Characteristic.Manufacturer, 'Eve');
  accessory
    .addService(Service.Outlet, 'Plug')
    .getCharacteristic(Characteristic.On)
    .onGet(() => relay.on)
    .onSet((value) => relay.set(value === true || value === 1));
  const code = '031-45-154';
  const listening = once(accessory, 'listening') as Promise<[number]>;
  await accessory.publish({ username: id, pincode: code, port: 0, category: outlet, bind: '127.0.0.1' });
  const [port] = await listening;
  const close = async (): Promise<void> => {
    await accessory.destroy();
    await rm(folder ?? '', { recursive: true, force: true });
  };
  return { id, code, port, relay, close };
}
