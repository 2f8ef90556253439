import { topics } from '@porchlight/bus';
import { isCapabilityName, type CapabilityName, type DeviceDescription } from '@porchlight/core';
import { mappings } from './capability/index.ts';
import type { Component, Mapped } from './component.ts';

export interface DiscoveryPlace {
  service: string;
  /** First levels of our topics. */
  root: string;
}

export interface Discovery {
  device: Record<string, unknown>;
  origin: { name: string };
  availability: Record<string, string>[];
  availability_mode: 'all';
  qos: 1;
  components: Record<string, Component>;
}

export const originName = 'Porchlight';

/** The part of a discovery topic that names a device: the same for ever, or its history is lost. */
export function objectId({ root, service }: DiscoveryPlace, device: string): string {
  const site = root === 'porchlight' ? '' : `${root.replace(/[^A-Za-z0-9]+/g, '_')}_`;
  return `porchlight_${site}${service}_${device}`;
}

/** Home Assistant's device-based discovery of one of our devices; undefined when there is nothing to show. */
export function describeDiscovery(description: DeviceDescription, place: DiscoveryPlace): Discovery | undefined {
  const { id, name, manufacturer = 'Porchlight', model, serial, firmware, room } = description;
  const unique = objectId(place, id);
  const components = Object.assign(
    {},
    ...Object.keys(description.capabilities)
      .filter(isCapabilityName)
      .map((capability) => mappings[capability](mapped(description, capability, { place, unique }))),
  ) as Record<string, Component>;
  if (Object.keys(components).every((key) => key === 'problem')) return undefined;
  return {
    device: {
      identifiers: [unique],
      name,
      manufacturer,
      ...(model !== undefined && { model }),
      ...(serial !== undefined && { serial_number: serial }),
      ...(firmware !== undefined && { sw_version: firmware }),
      ...(room !== undefined && { suggested_area: room }),
    },
    origin: { name: originName },
    availability: availabilityOf(place, id),
    availability_mode: 'all',
    qos: 1,
    components,
  };
}

function mapped(
  device: DeviceDescription,
  capability: CapabilityName,
  { place, unique }: { place: DiscoveryPlace; unique: string },
): Mapped {
  const address = { service: place.service, device: device.id, capability };
  return {
    device,
    options: device.capabilities[capability],
    stateTopic: topics.state.format(place.root, address),
    commandTopic: topics.command.format(place.root, address),
    entity: (platform, key, entityName) => ({ platform, unique_id: `${unique}_${key}`, name: entityName }),
  };
}

/** Available while the service runs and the device answers. */
function availabilityOf({ root, service }: DiscoveryPlace, device: string): Record<string, string>[] {
  return [
    { topic: topics.status.format(root, { service }), value_template: '{{ value_json.state }}' },
    {
      topic: topics.state.format(root, { service, device, capability: 'health' }),
      value_template: "{{ 'offline' if value_json.reachable is defined and not value_json.reachable else 'online' }}",
    },
  ];
}
