import {
  createDeadline,
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
import { capabilitiesOf, describe, statesOf } from './map.ts';

interface Shown {
  device: Device;
  found: FoundDevice;
  motionUntil?: number;
  calm: Deadline;
}

export interface DeviceSettings {
  motionSeconds: number;
  snapshots: boolean;
}

/** The devices of the organisation as devices of ours. */
export class RhombusDevices {
  readonly #devices: Devices;
  readonly #clock: Clock;
  readonly #settings: DeviceSettings;
  readonly #takeSnapshot: (found: FoundDevice) => Promise<void>;
  #shown = new Map<string, Shown>();
  ids: Record<string, string> = {};

  constructor(
    devices: Devices,
    {
      clock,
      settings,
      takeSnapshot,
    }: {
      clock: Clock;
      settings: DeviceSettings;
      takeSnapshot: (found: FoundDevice) => Promise<void>;
    },
  ) {
    this.#devices = devices;
    this.#clock = clock;
    this.#settings = settings;
    this.#takeSnapshot = takeSnapshot;
  }

  get(uuid: string): FoundDevice | undefined {
    return this.#shown.get(uuid)?.found;
  }

  get list(): FoundDevice[] {
    return [...this.#shown.values()].map(({ found }) => found);
  }

  /** Uuids of what has a timeline. */
  get cameras(): string[] {
    return this.list.filter(({ kind }) => kind === 'camera').map(({ uuid }) => uuid);
  }

  /** Adds, changes and removes so that exactly these are shown. */
  show(list: readonly FoundDevice[]): void {
    this.ids = giveIds(
      this.ids,
      list.map(({ uuid, name }) => ({ uuid, wanted: toId(name) })),
    );
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
    known.found = found;
    known.device.describe(describe(found));
    for (const [capability, state] of Object.entries(statesOf(found))) {
      // The moment at which a door was opened is known from its alert only.
      const isOpen = capability === 'contact' ? known.device.state('contact')?.open : undefined;
      if (isOpen === undefined || isOpen !== found.isOpen) known.device.update(capability as 'health', state as never);
    }
  }

  #add(found: FoundDevice): void {
    const id = this.ids[found.uuid] ?? toId(found.uuid);
    const device = this.#devices.add({
      id,
      ...describe(found),
      capabilities: capabilitiesOf(found, this.#settings.snapshots),
      state: { ...firstStates(found), ...statesOf(found) },
      commands: { camera: () => this.#takeSnapshot(this.get(found.uuid) ?? found) },
    });
    const calm = createDeadline(this.#clock, () => this.#calm(found.uuid));
    this.#shown.set(found.uuid, { device, found, calm });
  }

  /** Publishes the event and shows it, if it is happening now; false when the device is not shown. */
  happen({ sighting, meaning, isFresh }: Happening, media: DeviceEvent['media']): boolean {
    const shown = this.#shown.get(sighting.device);
    if (!shown) return false;
    const now = this.#clock.now();
    const type = { motion: 'motion', press: 'doorbell', contact: 'contact', tamper: 'tamper' }[meaning.type];
    shown.device.emit({
      id: `rhombus-${sighting.id}`,
      type,
      occurredAt: sighting.at,
      observedAt: now,
      source: sighting.channel,
      ...(meaning.type === 'motion' && { label: meaning.label }),
      ...(media && { media }),
    });
    if (!isFresh) return true;
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
    return true;
  }

  /** A motion that is shown goes on. */
  prolong(sighting: { device: string; at: number; durationMs: number }): void {
    const shown = this.#shown.get(sighting.device);
    if (!shown?.device.state('motion')?.detected) return;
    const now = this.#clock.now();
    const leastMs = this.#settings.motionSeconds * 1000;
    shown.motionUntil = motionUntil(shown.motionUntil, sighting, { now, leastMs });
    shown.calm.set(shown.motionUntil - now);
  }

  snapshotTaken(uuid: string): void {
    const device = this.#shown.get(uuid)?.device;
    if (device?.description.capabilities.camera) device.update('camera', { snapshotAt: this.#clock.now() });
  }

  /** Nothing waits any more. */
  stop(): void {
    for (const { calm } of this.#shown.values()) calm.clear();
  }

  #calm(uuid: string): void {
    const shown = this.#shown.get(uuid);
    if (!shown) return;
    delete shown.motionUntil;
    shown.device.update('motion', { detected: false });
  }
}

function firstStates({ kind }: FoundDevice): { motion?: { detected: boolean } } {
  return kind === 'camera' || kind === 'doorbell' || kind === 'occupancy' ? { motion: { detected: false } } : {};
}
