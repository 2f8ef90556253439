import * as z from 'zod';
import type { PlugBus } from '../topics/client.ts';
import { devicesSchema, isSwitch } from '../zigbee2mqtt/schema.ts';
import type { FoundPlug } from './client.ts';

/** What Tasmota tells of itself at `tasmota/discovery/<mac>/config`: its name, its topic, and which relays it has. */
const tasmotaSchema = z.object({ dn: z.string(), t: z.string(), rl: z.array(z.number()) });

/** Plugs that have introduced themselves on the broker; what they said is retained, and comes at once. */
export async function findOnBroker(bus: PlugBus, waitMs: number): Promise<FoundPlug[]> {
  const found = new Map<string, FoundPlug>();
  const listen = (filter: string, read: (message: unknown) => FoundPlug[]): (() => void) =>
    bus.foreign.subscribe(filter, ({ payload }) => {
      for (const plug of read(parse(Buffer.from(payload).toString()))) found.set(`${plug.type} ${plug.topic}`, plug);
    });
  const stops = [listen('zigbee2mqtt/bridge/devices', readZigbee), listen('tasmota/discovery/+/config', readTasmota)];
  await new Promise((resolve) => setTimeout(resolve, waitMs));
  for (const stop of stops) stop();
  return [...found.values()];
}

function readZigbee(message: unknown): FoundPlug[] {
  const devices = devicesSchema.safeParse(message).data ?? [];
  return devices.flatMap(({ friendly_name: topic, definition }) => {
    if (!definition || !isSwitch(definition.exposes)) return [];
    const name = [definition.vendor, definition.model].filter(Boolean).join(' ');
    return [{ type: 'zigbee2mqtt', name, topic }];
  });
}

function readTasmota(message: unknown): FoundPlug[] {
  const about = tasmotaSchema.safeParse(message).data;
  if (!about?.rl.includes(1)) return [];
  return [{ type: 'tasmota-mqtt', name: about.dn, topic: about.t }];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
