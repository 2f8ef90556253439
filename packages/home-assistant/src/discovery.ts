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
  const components = componentsOf(description, place, unique);
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

function componentsOf(device: DeviceDescription, place: DiscoveryPlace, unique: string): Record<string, Component> {
  let isNamed = false;
  const entity: Mapped['entity'] = (platform, key, name) => ({ platform, unique_id: `${unique}_${key}`, name });
  const mainEntity: Mapped['mainEntity'] = (platform, key, name) => {
    const component = { ...entity(platform, key, name), ...(!isNamed && { name: null }) };
    isNamed = true;
    return component;
  };
  const common = { device, entity, mainEntity };
  const mapped = Object.keys(device.capabilities)
    .filter(isCapabilityName)
    .map((capability) =>
      mappings[capability]({
        ...common,
        ...topicsOf(place, device.id, capability),
        options: device.capabilities[capability],
      }),
    );
  return Object.assign({}, ...mapped) as Record<string, Component>;
}

function topicsOf({ root, service }: DiscoveryPlace, device: string, capability: CapabilityName) {
  const address = { service, device, capability };
  return {
    stateTopic: topics.state.format(root, address),
    commandTopic: topics.command.format(root, address),
    eventTopic: (type: string) => topics.event.format(root, { service, device, type }),
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
