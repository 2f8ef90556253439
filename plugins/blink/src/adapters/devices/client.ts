import {
  createDeadline,
  reservedDeviceIds,
  toId,
  type Clock,
  type Deadline,
  type Device,
  type DeviceEvent,
  type Devices,
} from '@porchlight/core';
import { giveIds } from '../../domain/choose.ts';
import type { Occurrence } from '../../domain/media-diff.ts';
import type { FoundCamera, FoundNetwork, Target } from '../../ports.ts';
import {
  capabilitiesOfCamera,
  describeCamera,
  describeNetwork,
  healthOfNetwork,
  statesOfCamera,
  type ShownParts,
} from './map.ts';

interface ShownCamera {
  device: Device;
  found: FoundCamera;
  calm: Deadline;
}

interface ShownNetwork {
  device: Device;
  found: FoundNetwork;
}

export interface DeviceSettings extends ShownParts {
  motionSeconds: number;
  systems: boolean;
}

export interface DeviceCallbacks {
  order(target: Target, label: string): Promise<void>;
  takeSnapshot(camera: FoundCamera): Promise<void>;
}

/** An id for a camera; some words stand for something else in topics. */
function toFreeId(name: string): string {
  const id = toId(name);
  return reservedDeviceIds.has(id) ? `${id}-camera` : id;
}

/** The account's cameras and systems as devices of ours. */
export class BlinkDevices {
  readonly #devices: Devices;
  readonly #clock: Clock;
  readonly #settings: DeviceSettings;
  readonly #callbacks: DeviceCallbacks;
  readonly #cameras = new Map<string, ShownCamera>();
  readonly #networks = new Map<string, ShownNetwork>();
  /** What was ordered and is not read back yet, by Blink's id. */
  readonly #wanted = new Map<string, { on: boolean; orders: number }>();
  ids: Record<string, string> = {};

  constructor(
    devices: Devices,
    { clock, settings, callbacks }: { clock: Clock; settings: DeviceSettings; callbacks: DeviceCallbacks },
  ) {
    this.#devices = devices;
    this.#clock = clock;
    this.#settings = settings;
    this.#callbacks = callbacks;
  }

  camera(id: string): FoundCamera | undefined {
    return this.#cameras.get(id)?.found;
  }

  /** Adds, changes and removes so that exactly these are shown. */
  show(networks: readonly FoundNetwork[], cameras: readonly FoundCamera[]): void {
    this.ids = giveIds(this.ids, [
      ...cameras.map(({ id, name }) => ({ key: id, wanted: toFreeId(name) })),
      ...networks.map(({ id, name }) => ({ key: `network ${id}`, wanted: toId(`${name} system`) })),
    ]);
    const shownNetworks = this.#settings.systems ? networks : [];
    this.#dropOthers(this.#networks, shownNetworks);
    for (const found of shownNetworks) this.#showNetwork(found);
    this.#dropOthers(this.#cameras, cameras);
    for (const found of cameras) {
      this.#showCamera(
        found,
        networks.find(({ id }) => id === found.network),
      );
    }
  }

  #dropOthers(shown: Map<string, { device: Device; calm?: Deadline }>, list: readonly { id: string }[]): void {
    const present = new Set(list.map(({ id }) => id));
    for (const [id, { device, calm }] of shown) {
      if (present.has(id)) continue;
      calm?.clear();
      device.remove();
      shown.delete(id);
    }
  }

  #showNetwork(found: FoundNetwork): void {
    const key = `network ${found.id}`;
    const on = this.#wanted.get(key)?.on ?? found.isArmed;
    const known = this.#networks.get(found.id);
    if (known) {
      known.found = found;
      known.device.describe(describeNetwork(found));
      known.device.update('switch', { on });
      return known.device.update('health', healthOfNetwork(found));
    }
    const device = this.#devices.add({
      id: this.ids[key] ?? toId(key),
      ...describeNetwork(found),
      capabilities: { switch: {} },
      state: { switch: { on }, health: healthOfNetwork(found) },
      commands: { switch: (command) => this.arm(found.id, command.on) },
    });
    this.#networks.set(found.id, { device, found });
  }

  #showCamera(found: FoundCamera, network: FoundNetwork | undefined): void {
    const on = this.#wanted.get(found.id)?.on ?? found.isEnabled;
    const states = statesOfCamera({ ...found, ...(on !== undefined && { isEnabled: on }) }, network);
    const capabilities = capabilitiesOfCamera(found, this.#settings);
    const description = { ...describeCamera(found, network?.name.slice(0, 64)), capabilities };
    const known = this.#cameras.get(found.id);
    if (!known) {
      const device = this.#devices.add({
        id: this.ids[found.id] ?? toId(found.id),
        ...description,
        state: { ...states, motion: { detected: false } },
        commands: {
          switch: (command) => this.#enable(found.id, command.on),
          camera: () => this.#callbacks.takeSnapshot(this.camera(found.id) ?? found),
        },
      });
      const calm = createDeadline(this.#clock, () => device.update('motion', { detected: false }));
      this.#cameras.set(found.id, { device, found, calm });
      return;
    }
    known.found = found;
    known.device.describe(description);
    for (const [capability, state] of Object.entries(states)) {
      known.device.update(capability as 'health', state as never);
    }
  }

  /** Publishes what happened and shows it, if it is happening now; false when its camera is not shown. */
  happen({ row, meaning, isFresh }: Occurrence, media: DeviceEvent['media']): boolean {
    const shown = this.#cameras.get(row.device);
    if (!shown) return false;
    const now = this.#clock.now();
    const label = meaning === 'motion' ? (row.label ?? 'motion') : undefined;
    shown.device.emit({
      id: `blink-${row.id}`,
      type: meaning === 'motion' ? 'motion' : 'doorbell',
      occurredAt: row.createdAt,
      observedAt: now,
      source: row.source,
      ...(label !== undefined && { label }),
      ...(media && { media }),
    });
    if (!isFresh) return true;
    if (meaning === 'press') {
      if (shown.device.description.capabilities.doorbell) shown.device.update('doorbell', { lastPress: row.createdAt });
      return true;
    }
    const since = shown.device.state('motion')?.since ?? Math.min(row.createdAt, now);
    shown.device.update('motion', { detected: true, since, label: label ?? 'motion' });
    shown.calm.set(this.#settings.motionSeconds * 1000);
    return true;
  }

  snapshotTaken(id: string, picture: string): void {
    this.#cameras.get(id)?.device.update('camera', { snapshotAt: this.#clock.now(), picture });
  }

  /** Whether a system is armed, or was ordered to be; undefined when it is not shown. */
  isArmed(id: string): boolean | undefined {
    return this.#networks.get(id)?.device.state('switch')?.on;
  }

  /** Arms or disarms a system. Resolves once it has done so. */
  arm(id: string, on: boolean): Promise<void> {
    const network = this.#networks.get(id);
    const name = network?.found.name ?? id;
    const target: Target = { what: 'arm', network: id, on };
    return this.#order(`network ${id}`, network?.device, {
      target,
      on,
      label: `${on ? 'Arming' : 'Disarming'} ${name}`,
    });
  }

  #enable(id: string, on: boolean): Promise<void> {
    const shown = this.#cameras.get(id);
    if (!shown) return Promise.resolve();
    const { network, kind, name } = shown.found;
    const target: Target = { what: 'enable', network, camera: id, kind, on };
    const label = `Switching motion detection of ${name} ${on ? 'on' : 'off'}`;
    return this.#order(id, shown.device, { target, on, label });
  }

  /** The switch shows what was ordered until the order has ended and the cameras were read again. */
  async #order(
    key: string,
    device: Device | undefined,
    { target, on, label }: { target: Target; on: boolean; label: string },
  ): Promise<void> {
    const before = device?.state('switch')?.on;
    this.#wanted.set(key, { on, orders: (this.#wanted.get(key)?.orders ?? 0) + 1 });
    device?.update('switch', { on });
    try {
      await this.#callbacks.order(target, label);
    } catch (error) {
      if (before !== undefined && this.#wanted.get(key)?.orders === 1) device?.update('switch', { on: before });
      throw error;
    } finally {
      const wanted = this.#wanted.get(key);
      if (wanted && wanted.orders > 1) this.#wanted.set(key, { ...wanted, orders: wanted.orders - 1 });
      else this.#wanted.delete(key);
    }
  }

  /** Nothing waits any more. */
  stop(): void {
    for (const { calm } of this.#cameras.values()) calm.clear();
  }
}
