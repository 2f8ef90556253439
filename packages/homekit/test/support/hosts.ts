import type { API, HAP, PlatformAccessory } from 'homebridge';
import { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const modules = fileURLToPath(new URL('../../../../node_modules', import.meta.url));

type AccessoryClass = API['platformAccessory'];

export interface Host {
  name: string;
  hap: HAP;
  PlatformAccessory: AccessoryClass;
}

const homebridge2 = (await import('../../../../node_modules/homebridge/dist/platformAccessory.js')) as {
  PlatformAccessory: AccessoryClass;
};

/** The two generations of Homebridge, each with its own hap-nodejs; nothing of them touches the network here. */
export const hosts: Host[] = [
  { name: 'Homebridge 2', hap: require('@homebridge/hap-nodejs') as HAP, ...homebridge2 },
  {
    name: 'Homebridge 1.11',
    hap: require('hap-nodejs') as HAP,
    PlatformAccessory: (
      require(`${modules}/homebridge-1/lib/platformAccessory.js`) as { PlatformAccessory: AccessoryClass }
    ).PlatformAccessory,
  },
];

export const host2 = hosts[0]!;

export interface FakeHomebridge {
  api: API;
  /** What would be in the cache and in Apple Home. */
  accessories: PlatformAccessory[];
  saves: number;
  platform: (new (...args: never[]) => unknown) | undefined;
  launch(): void;
  shutDown(): void;
  /** The cache as a restarted Homebridge would read it. */
  readCache(): PlatformAccessory[];
}

/** Homebridge's API as far as a dynamic platform uses it. */
export function createFakeHomebridge(host: Host = host2): FakeHomebridge {
  const emitter = new EventEmitter();
  const fake: FakeHomebridge = {
    accessories: [],
    saves: 0,
    platform: undefined,
    launch: () => void emitter.emit('didFinishLaunching'),
    shutDown: () => void emitter.emit('shutdown'),
    readCache: () => fake.accessories.map((accessory) => roundTrip(host, accessory)),
    api: {
      hap: host.hap,
      platformAccessory: host.PlatformAccessory,
      user: { storagePath: () => '/var/lib/homebridge' },
      on: (event: string, listener: () => void) => emitter.on(event, listener),
      registerPlatform: (_plugin: string, _platform: string, platform: FakeHomebridge['platform']) => {
        fake.platform = platform;
      },
      registerPlatformAccessories(plugin: string, platform: string, added: PlatformAccessory[]) {
        for (const accessory of added) {
          accessory._associatedPlugin = plugin as never;
          accessory._associatedPlatform = platform as never;
        }
        fake.accessories.push(...added);
      },
      updatePlatformAccessories: () => void fake.saves++,
      unregisterPlatformAccessories(_plugin: string, _platform: string, removed: PlatformAccessory[]) {
        fake.accessories = fake.accessories.filter((accessory) => !removed.includes(accessory));
      },
    } as unknown as API,
  };
  return fake;
}

function roundTrip({ PlatformAccessory: Accessory }: Host, accessory: PlatformAccessory): PlatformAccessory {
  const cached = JSON.parse(JSON.stringify(Accessory.serialize(accessory))) as never;
  return Accessory.deserialize(cached);
}
