import { findPlugs } from '../homekit/client.ts';
import { findKasa } from './kasa.ts';
import { askMdns } from './mdns.ts';
import { findTuya } from './tuya.ts';

/** A plug that was found, in the words of the settings. */
export interface FoundPlug {
  type: 'shelly' | 'kasa' | 'tuya' | 'homekit';
  name: string;
  host: string;
  deviceId?: string;
}

const waitMs = 4_000;
/** Tuya devices speak up by themselves, less often than others answer. */
const tuyaWaitMs = 6_500;

/** Asks the local network for plugs. Those on MQTT, and Tapo, are not found this way. */
export async function discover(signal: AbortSignal): Promise<FoundPlug[]> {
  const none = (): FoundPlug[] => [];
  const lists = await Promise.all([
    askMdns('_shelly._tcp.local', waitMs).then(
      (found) => found.map(({ name, address }): FoundPlug => ({ type: 'shelly', name, host: address })),
      none,
    ),
    findKasa(waitMs).catch(none),
    findTuya(tuyaWaitMs).catch(none),
    findPlugs('HomeKit', signal).then(
      (found) =>
        found.map(({ id, name, address, isFree }): FoundPlug => ({
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
