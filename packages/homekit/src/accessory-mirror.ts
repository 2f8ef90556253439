import {
  describeError,
  deviceDescriptionSchema,
  type Clock,
  type DeviceChange,
  type DeviceDescription,
  type DeviceSource,
  type Log,
} from '@porchlight/core';
import type { API, PlatformAccessory } from 'homebridge';
import { DeviceAccessory, isVisible, type AccessoryContext } from './device-accessory.ts';

/** Under which names a plugin is known to Homebridge. */
export interface PluginIdentity {
  /** The npm name. */
  plugin: string;
  /** The `platform` of its configuration. */
  platform: string;
}

export interface MirrorParts {
  api: API;
  identity: PluginIdentity;
  source: DeviceSource;
  clock: Clock;
  log: Log;
  version: string;
}

/** Keeps Apple Home's accessories the same as a source's devices. */
export class AccessoryMirror {
  readonly #parts: MirrorParts;
  readonly #accessories = new Map<string, DeviceAccessory>();
  /** By device: a UUID is a hash, and a motion must not wait for one. */
  readonly #uuids = new Map<string, string>();
  #unsubscribe: () => void = () => undefined;

  constructor(parts: MirrorParts) {
    this.#parts = parts;
  }

  /** Takes the cached accessories over, unreachable until the source shows their devices, and follows the source. */
  start(restored: readonly PlatformAccessory[]): void {
    for (const accessory of restored) this.#guard(() => this.#restore(accessory));
    this.#unsubscribe = this.#parts.source.subscribe((change) => this.#guard(() => this.#onChange(change)));
    for (const device of this.#parts.source.list()) this.#guard(() => this.#show(device));
  }

  /**
   * Removes accessories whose devices are no more. Call it once the source is ready; it does nothing while the source
   * has a problem or shows no device at all, because rooms and automations of a removed accessory are lost.
   */
  prune(): void {
    const { source } = this.#parts;
    const listed = new Set(source.list().map(({ id }) => this.#uuid(id)));
    if (source.problem !== undefined || listed.size === 0) return;
    for (const uuid of this.#accessories.keys()) if (!listed.has(uuid)) this.#guard(() => this.#remove(uuid));
  }

  stop(): void {
    this.#unsubscribe();
    for (const accessory of this.#accessories.values()) accessory.end();
  }

  #onChange(change: DeviceChange): void {
    switch (change.type) {
      case 'state':
        return this.#accessories.get(this.#uuid(change.device))?.onState(change.capability);
      case 'added':
      case 'described':
        return this.#show(change.device);
      case 'removed':
        return this.#remove(this.#uuid(change.device.id));
      case 'event':
        return;
      case 'problem':
        for (const accessory of this.#accessories.values()) this.#guard(() => accessory.refresh());
    }
  }

  #restore(accessory: PlatformAccessory): void {
    const cached = accessory as PlatformAccessory<AccessoryContext>;
    const entry = this.#createEntry(cached);
    this.#accessories.set(accessory.UUID, entry);
    const description = deviceDescriptionSchema.safeParse(cached.context.device);
    if (description.success) entry.describe(description.data);
  }

  #show(device: DeviceDescription): void {
    const { api, identity } = this.#parts;
    const uuid = this.#uuid(device.id);
    if (!isVisible(api.hap, device)) return this.#remove(uuid);
    const known = this.#accessories.get(uuid);
    if (known) return known.describe(device);
    const accessory = new api.platformAccessory<AccessoryContext>(device.id.padEnd(2, '0'), uuid);
    const entry = this.#createEntry(accessory);
    entry.describe(device);
    this.#accessories.set(uuid, entry);
    api.registerPlatformAccessories(identity.plugin, identity.platform, [accessory]);
  }

  #createEntry(accessory: PlatformAccessory<AccessoryContext>): DeviceAccessory {
    const { api, source, clock, log, version } = this.#parts;
    const save = (): void => {
      // One that is not registered yet is saved by its registration.
      if (this.#accessories.has(accessory.UUID)) this.#guard(() => api.updatePlatformAccessories([accessory]));
    };
    return new DeviceAccessory({ hap: api.hap, accessory, source, clock, log, version, save });
  }

  #remove(uuid: string): void {
    const { api, identity } = this.#parts;
    const entry = this.#accessories.get(uuid);
    if (!entry) return;
    entry.end();
    this.#accessories.delete(uuid);
    api.unregisterPlatformAccessories(identity.plugin, identity.platform, [entry.accessory]);
  }

  #uuid(device: string): string {
    const known = this.#uuids.get(device);
    if (known !== undefined) return known;
    const uuid = this.#parts.api.hap.uuid.generate(`porchlight:${this.#parts.source.service}/${device}`);
    this.#uuids.set(device, uuid);
    return uuid;
  }

  /** A fault in one accessory must stop neither the others nor Homebridge. */
  #guard(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.#parts.log.error(`Apple Home could not be brought up to date: ${describeError(error)}`);
    }
  }
}
