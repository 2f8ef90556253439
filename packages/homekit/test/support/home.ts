import { Devices, type DeviceSource, type NewDevice, type Device } from '@porchlight/core';
import { createCaptureLog, createFakeClock, type CaptureLog, type FakeClock } from '@porchlight/core/testing';
import type { Characteristic, CharacteristicValue, HAP, PlatformAccessory, Service } from 'homebridge';
import { AccessoryMirror } from '../../src/accessory-mirror.ts';
import { createFakeHomebridge, host2, type FakeHomebridge, type Host } from './hosts.ts';

type ServiceName = Extract<keyof HAP['Service'], string>;
type CharacteristicName = Extract<keyof HAP['Characteristic'], string>;

export interface Home {
  homebridge: FakeHomebridge;
  devices: Devices;
  clock: FakeClock;
  log: CaptureLog;
  mirror: AccessoryMirror;
  accessory(name: string): PlatformAccessory;
  service(device: string, name: ServiceName): Service;
  characteristic(device: string, service: ServiceName, name: CharacteristicName): Characteristic;
  /** What Home shows now without asking. */
  value(device: string, service: ServiceName, name: CharacteristicName): unknown;
  /** What a read gives: the value, or the HAP status as a number in `status`. */
  read(device: string, service: ServiceName, name: CharacteristicName): Promise<unknown>;
  /** What a write gives: 0 or the HAP status. */
  write(device: string, service: ServiceName, name: CharacteristicName, value: CharacteristicValue): Promise<number>;
}

export interface HomeOptions {
  host?: Host;
  restored?: PlatformAccessory[];
  source?: DeviceSource;
}

/** Apple Home's view of a source of devices, on real HAP objects. */
export function createHome({ host = host2, restored = [], source }: HomeOptions = {}): Home {
  const homebridge = createFakeHomebridge(host);
  homebridge.accessories.push(...restored);
  const devices = new Devices('testing');
  const clock = createFakeClock();
  const log = createCaptureLog();
  const mirror = new AccessoryMirror({
    api: homebridge.api,
    identity: { plugin: 'homebridge-porchlight-testing', platform: 'PorchlightTesting' },
    source: source ?? devices,
    clock,
    log,
    version: '1.2.3',
  });
  mirror.start(restored);
  const home: Home = {
    homebridge,
    devices,
    clock,
    log,
    mirror,
    accessory(device) {
      const uuid = host.hap.uuid.generate(`porchlight:testing/${device}`);
      const found = homebridge.accessories.find((accessory) => accessory.UUID === uuid);
      if (!found) throw new Error(`There is no accessory for ${device}.`);
      return found;
    },
    service(device, name) {
      const found = home.accessory(device).getService(host.hap.Service[name] as never);
      if (!found) throw new Error(`${device} has no ${name}.`);
      return found;
    },
    characteristic(device, service, name) {
      const { UUID } = host.hap.Characteristic[name] as unknown as { UUID: string };
      const found = home.service(device, service).characteristics.find((one) => one.UUID === UUID);
      if (!found) throw new Error(`${service} has no ${name}.`);
      return found;
    },
    value: (device, service, name) => home.characteristic(device, service, name).value,
    read: (device, service, name) =>
      home
        .characteristic(device, service, name)
        .handleGetRequest()
        .catch((status: unknown) => ({ status })),
    write: (device, service, name, value) =>
      home
        .characteristic(device, service, name)
        .handleSetRequest(value, {} as never)
        .then(
          () => 0,
          (status: unknown) => Number(status),
        ),
  };
  return home;
}

/** A device called "Front door" with the id `door`. */
export function addDoor(home: Home, part: Partial<NewDevice> & Pick<NewDevice, 'capabilities'>): Device {
  return home.devices.add({ id: 'door', name: 'Front door', ...part });
}

/** Resolves after what is due now has been done, as HAP's own steps after a write. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}
