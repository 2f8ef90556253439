import type { Clock } from '@porchlight/core';
import { diffSighting, type DifferSettings, type DifferState, type Happening } from '../../domain/differ.ts';
import type { Sighting } from '../../domain/sighting.ts';
import type { Cloud, PartOfAlert } from '../../ports.ts';
import type { RhombusDevices } from '../devices/client.ts';
import type { Pictures } from '../pictures/client.ts';

interface TellerParts {
  clock: Clock;
  cloud: Pick<Cloud, 'aheadMs' | 'alert'>;
  settings: DifferSettings;
  shown: RhombusDevices;
  /** Absent: no pictures are wanted. */
  pictures: Pictures | undefined;
}

interface TellerCallbacks {
  /** Whether Rhombus lists the device, shown or not. */
  isListed(device: string): boolean;
  /** An alert names a device that no list has named yet. */
  onUnknownDevice(): void;
  onTold(happening: Happening): void;
  /** A push told of an alert that could not be completed: the list of alerts may say more. */
  onIncomplete(): void;
}

/** Most ids that are kept of what was asked for once. */
const maxAsked = 500;

/** The one way in which anything becomes an event, whoever told of it. */
export class Teller {
  readonly #parts: TellerParts;
  readonly #callbacks: TellerCallbacks;
  readonly #asked = new Set<string>();
  readonly #unknown = new Set<string>();
  state: DifferState = { seen: new Map() };

  constructor(parts: TellerParts, callbacks: TellerCallbacks) {
    this.#parts = parts;
    this.#callbacks = callbacks;
  }

  take(sighting: Sighting): void {
    const { clock, cloud, settings, shown } = this.#parts;
    if (!shown.get(sighting.device)) return this.#miss(sighting.device);
    const step = diffSighting(settings, this.state, sighting, clock.now() + cloud.aheadMs);
    this.state = step.state;
    for (const effect of step.effects) {
      if (effect.type === 'prolonged') shown.prolong(effect.sighting, effect.label);
      else this.#tell(effect);
    }
  }

  /**
   * Asks for the rest of an alert that was told of in part: once for each push that tells of it, and after a failure with
   * the next list of alerts.
   */
  async complete({ uuid, asOfNow }: PartOfAlert, from: 'list' | 'push'): Promise<void> {
    if (this.state.seen.has(uuid) || this.#asked.has(uuid)) return;
    remember(this.#asked, uuid);
    try {
      const whole = await this.#parts.cloud.alert(uuid);
      const sighting = whole ?? asOfNow;
      if (sighting) this.take(sighting);
      // When the next push tells of it, its details may say more.
      if (!whole && from === 'push') this.#asked.delete(uuid);
    } catch {
      // A motion that is known of must not wait for its details.
      if (asOfNow) return this.take(asOfNow);
      this.#asked.delete(uuid);
      if (from === 'push') this.#callbacks.onIncomplete();
    }
  }

  #miss(device: string): void {
    if (this.#callbacks.isListed(device) || this.#unknown.has(device)) return;
    remember(this.#unknown, device);
    this.#callbacks.onUnknownDevice();
  }

  #tell(happening: Happening): void {
    const { shown, pictures } = this.#parts;
    const { sighting, meaning, isFresh } = happening;
    const device = shown.get(sighting.device);
    const path =
      device?.kind === 'camera' && isFresh && meaning.type === 'motion'
        ? pictures?.fetch(device, sighting, (newest) => shown.snapshotTaken(device.uuid, newest))
        : undefined;
    shown.happen(happening, path === undefined ? undefined : [{ kind: 'image', path }]);
    this.#callbacks.onTold(happening);
  }
}

function remember(set: Set<string>, id: string): void {
  set.add(id);
  const [oldest] = set;
  if (set.size > maxAsked && oldest !== undefined) set.delete(oldest);
}
