import type { CapabilityName, Clock, CommandableName, CommandOf, OptionsOf, StateOf } from '@porchlight/core';
import type { Characteristic, CharacteristicProps, CharacteristicValue, HAP, Service, WithUUID } from 'homebridge';

export type ServiceType = WithUUID<typeof Service>;
export type CharacteristicType = WithUUID<new () => Characteristic>;

type CommandFor<N extends CapabilityName> = N extends CommandableName ? CommandOf<N> : never;

/** What a write from Apple Home asks of the device. */
export interface Write<Command = unknown, State = unknown> {
  command: Command;
  /** Answers the write as soon as the state says so, for commands that go on long after they were accepted. */
  isBegun?: (state: State) => boolean;
}

/** One characteristic and how it follows a state. */
export interface Binding<State = unknown, Command = unknown> {
  characteristic: CharacteristicType;
  props?: Partial<CharacteristicProps>;
  /** Undefined leaves a characteristic out that the service can be without. */
  read?(state: State): CharacteristicValue | undefined;
  /** Undefined when there is nothing to do. */
  write?(value: CharacteristicValue, state: State | undefined): Write<Command, State> | undefined;
  /** A press: sent on a change of state although the value is the same as before. */
  press?(state: State): CharacteristicValue | undefined;
}

/** What a mapping may use beside the state. */
export interface Tools<Options = unknown> {
  hap: HAP;
  options: Options;
  clock: Clock;
  /** Aborts when the service leaves the accessory or the host stops. */
  signal: AbortSignal;
  /** Reads every characteristic of the service again. */
  refresh(): void;
}

/** How a capability looks in Apple Home. */
export interface Mapping<Options = unknown, State = unknown, Command = unknown> {
  /** Follows the device's name where the device has several services. */
  label: string;
  /** Undefined when HomeKit has no place for it. */
  service(hap: HAP, options: Options): ServiceType | undefined;
  bindings(tools: Tools<Options>): Binding<State, Command>[];
}

/** Types a mapping by its capability; the table of all mappings then holds them in one form. */
export function mapCapability<N extends CapabilityName>(
  mapping: Mapping<OptionsOf<N>, StateOf<N>, CommandFor<N>>,
): Mapping {
  return mapping as unknown as Mapping;
}

/** For capabilities that HomeKit has no service for. */
export const unmapped: Mapping = { label: '', service: () => undefined, bindings: () => [] };
