import type { BrokerSettings } from '@porchlight/core';
import { connectBroker } from '../broker/client.ts';
import { findPlugs } from '../homekit/client.ts';
import { findKasa } from './kasa.ts';
import { findShelly } from './mdns.ts';
import { findOnBroker } from './mqtt.ts';
import { findTapo } from './tapo.ts';
import { findTuya } from './tuya.ts';

/** A plug that was found, in the words of the settings. */
export interface FoundPlug {
  type: 'shelly' | 'kasa' | 'tapo' | 'tuya' | 'homekit' | 'zigbee2mqtt' | 'tasmota-mqtt';
  name: string;
  /** Absent: it is reached over the broker. */
  host?: string;
  deviceId?: string;
  /** Of those on the broker: their topic, or their name in zigbee2mqtt. */
  topic?: string;
}

const waitMs = 4_000;
/** Tuya devices speak up by themselves, less often than others answer. */
const tuyaWaitMs = 6_500;
const brokerWaitMs = 1_500;

/** Asks the local network for plugs, and the broker that is named in the settings. */
export async function discover(broker: BrokerSettings, signal: AbortSignal): Promise<FoundPlug[]> {
  const none = (): FoundPlug[] => [];
  const lists = await Promise.all([
    findShelly(waitMs).catch(none),
    findKasa(waitMs).catch(none),
    findTapo(waitMs).catch(none),
    findTuya(tuyaWaitMs).catch(none),
    askBroker(broker).catch(none),
    findPlugs('HomeKit', signal).then(
      (found) =>
        found
          .filter(({ isPlug }) => isPlug)
          .map(({ id, name, address, isFree }): FoundPlug => ({
            type: 'homekit',
            name: isFree ? name : `${name} (paired already)`,
            host: address,
            deviceId: id,
          })),
      none,
    ),
  ]);
  return lists.flat();
}

async function askBroker(broker: BrokerSettings): Promise<FoundPlug[]> {
  if (broker.url === undefined) return [];
  const bus = await connectBroker(broker);
  try {
    return await findOnBroker(bus, brokerWaitMs);
  } finally {
    await bus.close();
  }
}
