import type { Account, BlinkCamera, MediaCause, MediaRow } from './state.ts';

/** What happens before the cameras: motion, presses, and what the owner does in the phone app. */
export class Scenario {
  /** From the end of a recording to its row being visible, in ms. */
  uploadMs = 4000;
  readonly #account: Account;
  readonly #now: () => number;
  #nextId = 7001;

  constructor(account: Account, now: () => number) {
    this.#account = account;
    this.#now = now;
  }

  camera(id: number): BlinkCamera {
    const camera = this.#account.cameras.find((candidate) => candidate.id === id);
    if (!camera) throw new Error(`No simulated camera ${id}`);
    return camera;
  }

  /** Starts a recording now; undefined when the camera would not record (disarmed, disabled, offline, retrigger time). */
  trigger(cameraId: number, source: MediaCause = 'pir'): MediaRow | undefined {
    const camera = this.camera(cameraId);
    const network = this.#account.networks.find(({ id }) => id === camera.networkId);
    const now = this.#now();
    const isMotion = source === 'pir' || source === 'cv_motion';
    const isWatching = network?.armed === true && camera.enabled && now >= camera.quietUntil;
    if (!camera.online || (isMotion && !isWatching)) return undefined;
    const endsAt = now + camera.clipSeconds * 1000;
    if (isMotion) camera.quietUntil = endsAt + camera.retriggerSeconds * 1000;
    const id = this.#nextId;
    this.#nextId += 1;
    const updatedAt = endsAt + this.uploadMs;
    const row = { id, camera, source, createdAt: now, updatedAt, watched: false, deleted: false };
    if (network?.localStorage) network.clips.push({ id: String(id), camera: camera.id, createdAt: now });
    else this.#account.media.push(row);
    return row;
  }

  /** The owner watches a clip: it reappears in the list of changes. */
  watch(row: MediaRow): void {
    row.watched = true;
    row.updatedAt = this.#now();
  }

  /** The owner deletes a clip: it reappears, marked. */
  remove(row: MediaRow): void {
    row.deleted = true;
    row.updatedAt = this.#now();
  }
}
