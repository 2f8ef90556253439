import type { BlinkConfig } from '@porchlight/config-schemas';
import type { Log } from '@porchlight/core';
import { chooseCamera, keepMissing, listUnknown } from '../../domain/choose.ts';
import { readMeaning, type MediaRow } from '../../domain/media-row.ts';
import type { FoundCamera, FoundNetwork, Home } from '../../ports.ts';
import { isKnownModel } from './map.ts';

/** A device that is missing from so many lists in a row has gone. */
const patience = 2;
/** Blink's words for doorbells. */
const doorbellTypes: ReadonlySet<string> = new Set(['lotus']);
/** A system whose recordings were in the cloud not longer ago than this, in ms, has a subscription. */
const subscriptionMs = 7 * 24 * 3_600_000;

/** What the account has: cameras and systems, as the last lists tell. */
export class Roster {
  readonly #config: BlinkConfig;
  readonly #log: Log;
  readonly #odd = new Set<string>();
  #networks = new Map<string, { found: FoundNetwork; missed: number }>();
  #cameras = new Map<string, { found: FoundCamera; missed: number }>();
  /** Systems whose recordings are in the cloud, and when the newest of them began, epoch ms. */
  cloudSeenAt: Record<string, number> = {};

  constructor(config: BlinkConfig, log: Log) {
    this.#config = config;
    this.#log = log;
  }

  get networks(): FoundNetwork[] {
    return [...this.#networks.values()].map(({ found }) => found);
  }

  get cameras(): FoundCamera[] {
    return [...this.#cameras.values()].map(({ found }) => found);
  }

  get isArmed(): boolean {
    return this.networks.some(({ isArmed }) => isArmed);
  }

  /** The cameras that the owner wants to see, under the names that the owner gave them. */
  get chosen(): FoundCamera[] {
    const { cameras, onlyListed } = this.#config;
    return this.cameras.flatMap((camera) => {
      const name = chooseCamera(cameras, onlyListed, camera);
      return name === undefined ? [] : [{ ...camera, name }];
    });
  }

  restore(networks: readonly FoundNetwork[], cameras: readonly FoundCamera[]): void {
    this.#networks = keepMissing(new Map(), networks, { patience });
    this.#cameras = keepMissing(new Map(), cameras, { patience });
  }

  /** True when something is another than before. */
  take(home: Home): boolean {
    const before = JSON.stringify([this.networks, this.cameras]);
    // What could not be read may be what is missing; and an account does not lose all its cameras at once.
    const isDoubtful = home.unreadable > 0 || home.cameras.length === 0;
    const rule = { patience: isDoubtful ? Infinity : patience };
    this.#networks = keepMissing(this.#networks, home.networks, rule);
    const listed = new Set(home.cameras.map(({ id }) => id));
    const learned = this.cameras.filter(({ id, isLearned }) => isLearned === true && !listed.has(id));
    const cameras = home.cameras.map((camera) => this.#complete(camera));
    this.#cameras = keepMissing(this.#cameras, [...cameras, ...learned], rule);
    for (const { type, kind } of home.cameras) {
      if (!isKnownModel(type))
        this.#hint(`The model "${type}" (${kind}) is new to this plugin and is shown as far as it is understood`);
    }
    if (home.unreadable === 0) this.#nameUnknown();
    else this.#hint(`${home.unreadable} entries of Blink's list of devices were not understood`);
    if (home.updateRequired) this.#hint('Blink says that this client is getting old');
    return JSON.stringify([this.networks, this.cameras]) !== before;
  }

  /** What recordings of the cloud tell: who has a subscription, and doorbells that are in no list; true for a new one. */
  learn(rows: readonly MediaRow[], now: number): boolean {
    let isNew = false;
    for (const row of rows) {
      if (readMeaning(row) !== 'motion') continue;
      // Old ones come back when somebody watches them, long after a subscription has ended.
      const seenAt = Math.min(row.createdAt, now);
      this.cloudSeenAt[row.network] = Math.max(this.cloudSeenAt[row.network] ?? seenAt, seenAt);
    }
    for (const { device: id, network, cameraName, cameraType: type } of rows) {
      if (type === undefined || !doorbellTypes.has(type) || this.#cameras.has(id)) continue;
      const name = cameraName ?? `Doorbell ${id}`;
      const found: FoundCamera = { id, network, kind: 'doorbell', type, name, isOnline: true, isLearned: true };
      this.#cameras.set(id, { found, missed: 0 });
      isNew = true;
    }
    return isNew;
  }

  /** Systems whose recordings have to be looked for on the USB stick now. */
  storages(now: number): FoundNetwork[] {
    const { localStorage } = this.#config;
    if (localStorage === 'off') return [];
    return this.networks.filter(({ id, hasStorage, isArmed }) => {
      const hasCloud = now - (this.cloudSeenAt[id] ?? -Infinity) < subscriptionMs;
      return hasStorage && isArmed && (localStorage === 'on' || !hasCloud);
    });
  }

  /** What an answer leaves out (a temperature is often missing) stays as it was: a device must not lose a part of itself. */
  #complete(camera: FoundCamera): FoundCamera {
    const { isLearned: _was, ...known } = this.#cameras.get(camera.id)?.found ?? camera;
    return { ...known, ...camera };
  }

  /** A name that is misspelt hides a camera, or shows one that was to be hidden. */
  #nameUnknown(): void {
    for (const camera of listUnknown(this.#config.cameras, this.cameras)) {
      if (this.#odd.has(camera)) continue;
      this.#odd.add(camera);
      const names = this.cameras.map(({ name }) => name).join(', ');
      this.#log.warn(
        `The settings name a camera "${camera}" that the account does not have so far: correct it, or take it out. There are: ${names}.`,
      );
    }
  }

  /** Each once: it is for a report to the makers of the plugin. */
  #hint(what: string): void {
    if (this.#odd.has(what)) return;
    this.#odd.add(what);
    this.#log.info(`${what}: please report it, with this line, to the makers of the plugin.`);
  }
}
