import * as z from 'zod';
import {
  capabilities,
  type CapabilityName,
  type CommandableName,
  type CommandOf,
  type OptionsOf,
  type StateOf,
} from './capability/index.ts';
import type { DeviceEvent } from './event.ts';
import { idSchema, reservedDeviceIds } from './ids.ts';

/** The capabilities of a device with their options. Every device has `health`. */
export type DeviceCapabilities = { [N in CapabilityName]?: OptionsOf<N> };

const capabilityOptions = Object.fromEntries(
  Object.entries(capabilities).map(([name, { options }]) => [name, z.exactOptional(options)]),
);

/** What a device is, apart from its state. Capabilities of a newer version are dropped when it is read. */
export const deviceDescriptionSchema = z.object({
  id: idSchema.refine((id) => !reservedDeviceIds.has(id), 'this word is reserved'),
  name: z.string().min(1).max(64),
  manufacturer: z.string().exactOptional(),
  model: z.string().exactOptional(),
  serial: z.string().exactOptional(),
  firmware: z.string().exactOptional(),
  /** Suggested room or area. */
  room: z.string().exactOptional(),
  capabilities: z.object(capabilityOptions) as unknown as z.ZodType<DeviceCapabilities, unknown>,
});

export type DeviceDescription = Omit<z.output<typeof deviceDescriptionSchema>, 'capabilities'> & {
  capabilities: DeviceCapabilities;
};

/** Who sent a command. A paired Apple Home is trusted; what comes over the bus may have to bring a code. */
export type CommandOrigin = 'homekit' | 'bus' | 'local';

/** One thing that changed at a source of devices. */
export type DeviceChange =
  | { type: 'added' | 'described'; device: DeviceDescription }
  | { type: 'removed'; device: DeviceDescription }
  | { type: 'event'; event: DeviceEvent }
  | { type: 'problem'; problem: string | undefined }
  | StateChange;

export type StateChange = {
  [N in CapabilityName]: { type: 'state'; device: string; capability: N; state: StateOf<N> };
}[CapabilityName];

/** What every face needs to know: devices, their states, their changes, and a way to command them. */
export interface DeviceSource {
  readonly service: string;
  /** What is wrong with the service as a whole; undefined while all is well. */
  readonly problem: string | undefined;
  list(): readonly DeviceDescription[];
  state<N extends CapabilityName>(device: string, capability: N): StateOf<N> | undefined;
  /** Rejects with a coded error when the device refuses, is unknown, or does not answer. */
  command<N extends CommandableName>(
    target: { device: string; capability: N },
    command: CommandOf<N>,
    origin: CommandOrigin,
  ): Promise<void>;
  /** Calls back on every change from now on; returns the way to stop. */
  subscribe(listener: (change: DeviceChange) => void): () => void;
}
