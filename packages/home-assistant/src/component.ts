import type { CapabilityName, DeviceDescription, OptionsOf } from '@porchlight/core';

/** One entity of a discovery message, with Home Assistant's own keys. */
export type Component = { platform: string; unique_id: string; name: string | null } & Record<string, unknown>;

/** What a mapping is given. */
export interface Mapped<Options = unknown> {
  device: DeviceDescription;
  options: Options;
  stateTopic: string;
  commandTopic: string;
  /** Where the device's events of a type are published. */
  eventTopic(type: string): string;
  /** The fields that every entity has. */
  entity(platform: string, key: string, name: string): Component;
  /** The same for what the device is there for: the first one takes the device's name. */
  mainEntity(platform: string, key: string, name: string): Component;
}

/** How a capability looks in Home Assistant: entities by key. */
export type Mapping = (mapped: Mapped) => Record<string, Component>;

/** Types a mapping by its capability; the table of all mappings then holds them in one form. */
export function mapCapability<N extends CapabilityName>(
  mapping: (mapped: Mapped<OptionsOf<N>>) => Record<string, Component>,
): Mapping {
  return mapping as Mapping;
}

/** The template of a command: ours travel in an envelope. */
export function commandTemplate(command: string): string {
  return `{"command":${command}}`;
}
