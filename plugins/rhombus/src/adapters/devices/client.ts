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
import type { Happening } from '../../domain/differ.ts';
import { motionUntil } from '../../domain/motion-span.ts';
import type { FoundDevice } from '../../ports.ts';
import { describe, statesOf } from './map.ts';

interface Shown {
  device: Device;
  found: FoundDevice;
  /** Monotonic ms. */
  motionUntil?: number;
  calm: Deadline;
}

export interface DeviceSettings {
  motionSeconds: number;
  snapshots: boolean;
}

interface DeviceParts {
  clock: Clock;
  settings: DeviceSettings;
  takeSnapshot: (found: FoundDevice) => Promise<void>;
}

const eventTypes = { motion: 'motion', press: 'doorbell', contact: 'contact', tamper: 'tamper' } as const;

/** The devices of the organisation as devices of ours. */
export class RhombusDevices {
  readonly #devices: Devices;
  readonly #parts: DeviceParts;
  readonly #shown = new Map<string, Shown>();
  ids: Record<string, string> = {};

  constructor(devices: Devices, parts: DeviceParts) {
    this.#devices = devices;
    this.#parts = parts;
  }

  get(uuid: string): FoundDevice | undefined {
    return this.#shown.get(uuid)?.found;
  }

  /** What has a timeline. */
  get cameras(): FoundDevice[] {
    return [...this.#shown.values()].flatMap(({ found }) => (found.kind === 'camera' ? [found] : []));
  }

  /** Adds, changes and removes so that exactly these are shown. */
  show(list: readonly FoundDevice[]): void {
    const wanted = list.map(({ uuid, name }) => ({ uuid, wanted: toId(name) }));
    this.ids = giveIds(this.ids, wanted, reservedDeviceIds);
    const present = new Set(list.map(({ uuid }) => uuid));
    for (const [uuid, { device, calm }] of this.#shown) {
      if (present.has(uuid)) continue;
      calm.clear();
      device.remove();
      this.#shown.delete(uuid);
    }
    for (const found of list) this.#showOne(found);
  }

  #showOne(found: FoundDevice): void {
    const known = this.#shown.get(found.uuid);
    if (!known) return this.#add(found);
    const before = known.found;
    known.found = found;
    known.device.describe(describe(found, this.#parts.settings.snapshots));
    for (const [capability, state] of Object.entries(statesOf(found))) {
      known.device.update(capability as 'health', state as never);
    }
    // The moment at which a door was opened is known from its alert only.
    const isOpen = known.device.state('contact')?.open;
    if (found.isOpen !== undefined && found.isOpen !== isOpen) known.device.update('contact', { open: found.isOpen });
    if (found.isOccupied !== before.isOccupied) this.#showOccupied(known);
  }

  #add(found: FoundDevice): void {
    const { clock, settings, takeSnapshot } = this.#parts;
    const hasMotion = found.kind === 'camera' || found.kind === 'doorbell' || found.kind === 'occupancy';
    const device = this.#devices.add({
      id: this.ids[found.uuid] ?? toId(found.uuid),
      ...describe(found, settings.snapshots),
      state: {
        ...(hasMotion && { motion: { detected: false } }),
        ...(found.isOpen !== undefined && { contact: { open: found.isOpen } }),
        ...statesOf(found),
      },
      commands: { camera: () => takeSnapshot(this.get(found.uuid) ?? found) },
    });
    const shown = { device, found, calm: createDeadline(clock, () => this.#calm(found.uuid)) };
    this.#shown.set(found.uuid, shown);
    if (found.isOccupied) this.#showOccupied(shown);
  }

  /** Publishes the event, and shows it if it is happening now. */
  happen({ sighting, meaning, isFresh }: Happening, media: DeviceEvent['media']): void {
    const shown = this.#shown.get(sighting.device);
    if (!shown) return;
    const now = this.#parts.clock.now();
    if (meaning.type === 'vacant') return isFresh ? this.#vacate(shown) : undefined;
    shown.device.emit({
      id: `rhombus-${sighting.id}`,
      type: eventTypes[meaning.type],
      occurredAt: sighting.at,
      observedAt: now,
      source: sighting.channel === 'rule' ? 'webhook' : sighting.channel,
      ...(meaning.type === 'motion' && { label: meaning.label }),
      ...(media && { media }),
    });
    if (!isFresh) return;
    const { capabilities } = shown.device.description;
    if (meaning.type === 'motion' && capabilities.motion) {
      const since = shown.device.state('motion')?.since ?? Math.min(sighting.at, now);
      shown.device.update('motion', { detected: true, since, label: meaning.label });
      this.prolong(sighting);
    }
    if (meaning.type === 'contact' && capabilities.contact) {
      shown.device.update('contact', { open: meaning.open, since: sighting.at });
    }
    if (meaning.type === 'press' && capabilities.doorbell) shown.device.update('doorbell', { lastPress: sighting.at });
  }

  /** A motion that is shown goes on, or has turned out to be something that tells more. */
  prolong(sighting: { device: string; at: number; durationMs: number }, label?: string): void {
    const shown = this.#shown.get(sighting.device);
    const state = shown?.device.state('motion');
    if (!shown || !state?.detected) return;
    const { clock, settings } = this.#parts;
    // Monotonic: the wall clock may be set back before it ends.
    const now = clock.monotonic();
    const span = { at: now + sighting.at - clock.now(), durationMs: sighting.durationMs };
    shown.motionUntil = motionUntil(shown.motionUntil, span, { now, leastMs: settings.motionSeconds * 1000 });
    shown.calm.set(shown.motionUntil - now);
    if (label !== undefined) shown.device.update('motion', { ...state, label });
  }

  snapshotTaken(uuid: string, picture: string): void {
    const device = this.#shown.get(uuid)?.device;
    if (!device?.description.capabilities.camera) return;
    device.update('camera', { snapshotAt: this.#parts.clock.now(), picture });
  }

  /** Nothing waits any more. */
  stop(): void {
    for (const { calm } of this.#shown.values()) calm.clear();
  }

  /** What the list says of an occupancy sensor is its state, no event: when it changed is not known. */
  #showOccupied(shown: Shown): void {
    if (!shown.found.isOccupied) return this.#vacate(shown);
    if (shown.device.state('motion')?.detected) return;
    shown.device.update('motion', { detected: true, since: this.#parts.clock.now(), label: 'occupancy' });
  }

  #vacate(shown: Shown): void {
    shown.found = { ...shown.found, isOccupied: false };
    shown.calm.clear();
    this.#calm(shown.found.uuid);
  }

  #calm(uuid: string): void {
    const shown = this.#shown.get(uuid);
    if (!shown) return;
    delete shown.motionUntil;
    if (shown.found.isOccupied) return;
    shown.device.update('motion', { detected: false });
  }
}
