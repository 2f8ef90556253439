import { toId, type DeviceEvent } from '@porchlight/core';
import type { Reading } from '../../domain/foreign-inputs.ts';

/** The service under which motions of other systems count. */
export const foreignService: Record<string, string> = {
  'frigate-events': 'frigate',
  'frigate-reviews': 'frigate',
  zigbee2mqtt: 'zigbee2mqtt',
  tasmota: 'tasmota',
  'home-assistant': 'home-assistant',
  camera: 'homebridge-camera',
  custom: 'mqtt',
};

/** An event of ours. Without an id of the source's own the time of the change makes one. */
export function toEvent(service: string, { sighting }: Reading, now: number): DeviceEvent {
  const { id, name, label, occurredAt = now } = sighting;
  const device = toId(sighting.device);
  return {
    id: `${service}-${id ?? `${device}-${now}`}`.slice(0, 200),
    type: 'motion',
    service,
    device,
    name: name.slice(0, 64),
    occurredAt,
    observedAt: now,
    ...(label !== undefined && { label }),
  };
}
