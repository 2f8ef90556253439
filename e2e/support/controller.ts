import { HttpClient } from 'hap-controller';
import { until } from '@porchlight/core/testing';

/** What a program that controls HomeKit sees of a bridge. */
export interface Controller {
  list(): Promise<Accessory[]>;
  /** Value of a characteristic; the accessory is the first that has it. */
  read(service: string, characteristic: string): Promise<unknown>;
  write(service: string, characteristic: string, value: unknown): Promise<void>;
  /** Writes many at once, as a scene does; by `aid.iid`. */
  writeAll(values: Record<string, unknown>): Promise<void>;
  /** Collects the values that the bridge reports from now on. */
  watch(service: string, characteristic: string, onValue?: (value: unknown) => void): Promise<unknown[]>;
  close(): Promise<void>;
}

export interface Accessory {
  aid: number;
  services: {
    iid: number;
    type: string;
    characteristics: { iid: number; type: string; value?: unknown; perms: string[] }[];
  }[];
}

/** Short forms of the types, as HAP's specification numbers them. */
export const serviceTypes: Record<string, string> = {
  AccessoryInformation: '3E',
  SecuritySystem: '7E',
  MotionSensor: '85',
  ContactSensor: '80',
  Switch: '49',
  Lightbulb: '43',
  Outlet: '47',
  TemperatureSensor: '8A',
  Battery: '96',
  Doorbell: '121',
};
export const characteristicTypes: Record<string, string> = {
  Name: '23',
  CurrentState: '66',
  TargetState: '67',
  MotionDetected: '22',
  ContactSensorState: '6A',
  StatusFault: '77',
  On: '25',
  OutletInUse: '26',
  CurrentTemperature: '11',
  BatteryLevel: '68',
  ProgrammableSwitchEvent: '73',
  ConfiguredName: 'E3',
};

/** Pairs over loopback, without mDNS. */
export async function pair({
  username,
  port,
  pin,
}: {
  username: string;
  port: number;
  pin: string;
}): Promise<Controller> {
  const client = new HttpClient(username, '127.0.0.1', port);
  await client.pairSetup(pin);
  return openController(client);
}

function openController(client: HttpClient): Controller {
  const look = async (service: string, characteristic: string): Promise<string | undefined> => {
    const { accessories } = (await client.getAccessories()) as unknown as { accessories: Accessory[] };
    for (const { aid, services } of accessories) {
      const found = services
        .filter(({ type }) => isType(type, serviceTypes[service]))
        .flatMap(({ characteristics }) => characteristics)
        .find(({ type }) => isType(type, characteristicTypes[characteristic]));
      if (found) return `${aid}.${found.iid}`;
    }
    return undefined;
  };
  // An accessory comes a moment after the bridge, as in Apple Home.
  const find = async (service: string, characteristic: string): Promise<string> => {
    let id: string | undefined;
    await until(async () => (id = await look(service, characteristic)) !== undefined, 10_000).catch(() => undefined);
    if (id === undefined) throw new Error(`The bridge has no ${service} with a ${characteristic}.`);
    return id;
  };
  return {
    async list() {
      const { accessories } = (await client.getAccessories()) as unknown as { accessories: Accessory[] };
      return accessories;
    },
    async read(service, characteristic) {
      const id = await find(service, characteristic);
      const { characteristics } = (await client.getCharacteristics([id])) as unknown as {
        characteristics: { value: unknown }[];
      };
      return characteristics[0]?.value;
    },
    async write(service, characteristic, value) {
      const id = await find(service, characteristic);
      await client.setCharacteristics({ [id]: value as never });
    },
    async writeAll(values) {
      await client.setCharacteristics(values as never);
    },
    async watch(service, characteristic, onValue) {
      const id = await find(service, characteristic);
      const values: unknown[] = [];
      client.on('event', (event: { characteristics: { aid: number; iid: number; value: unknown }[] }) => {
        for (const { aid, iid, value } of event.characteristics) {
          if (`${aid}.${iid}` !== id) continue;
          values.push(value);
          onValue?.(value);
        }
      });
      await client.subscribeCharacteristics([id]);
      return values;
    },
    async close() {
      await client.close();
    },
  };
}

/** HAP shortens its own types: `7E` is `0000007E-0000-1000-8000-0026BB765291`. */
function isType(type: string, short: string | undefined): boolean {
  return (
    short !== undefined &&
    type
      .toUpperCase()
      .replace(/^0+/, '')
      .replace(/-0000-1000-8000-0026BB765291$/, '') === short
  );
}

/** Reads until the value is the wanted one. */
export async function eventually(
  controller: Controller,
  [service, characteristic]: [string, string],
  wanted: unknown,
): Promise<void> {
  await until(async () => (await controller.read(service, characteristic).catch(() => undefined)) === wanted);
}
