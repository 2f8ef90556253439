import { type CameraSpec, createCamera, createNetwork, type NetworkSpec } from './demo.ts';
import type { Commands } from './commands.ts';
import type { Account, BlinkCamera, MediaCause, MediaRow, Network } from './state.ts';

export interface Happening {
  /** Length of the recording. @default the camera's `clipSeconds` */
  clipSeconds?: number;
  /** From the end of the recording to its being visible, in ms. @default the scenario's `uploadMs` */
  uploadMs?: number;
  /** What the camera believes to have seen, such as `person`; with `cv_motion`. */
  labels?: string[];
}

/** What happens before the cameras: motion, presses, and what the owner does in the phone app. */
export class Scenario {
  /** From the end of a recording to its row being visible, in ms. */
  uploadMs = 4000;
  /** Number of the next recording; clients remember what they have seen, so that none may come twice. */
  nextId = 7001;
  readonly #account: Account;
  readonly #commands: Commands;
  readonly #now: () => number;

  constructor(account: Account, commands: Commands, now: () => number) {
    this.#account = account;
    this.#commands = commands;
    this.#now = now;
  }

  camera(id: number): BlinkCamera {
    const camera = this.#account.cameras.find((candidate) => candidate.id === id);
    if (!camera) throw new Error(`No simulated camera ${id}`);
    return camera;
  }

  network(id: number): Network {
    const network = this.#account.networks.find((candidate) => candidate.id === id);
    if (!network) throw new Error(`No simulated network ${id}`);
    return network;
  }

  /** Starts a recording now; undefined when the camera would not record (disarmed, disabled, offline, retrigger time). */
  trigger(cameraId: number, source: MediaCause = 'pir', happening: Happening = {}): MediaRow | undefined {
    const camera = this.camera(cameraId);
    const network = this.network(camera.networkId);
    const now = this.#now();
    const isMotion = source === 'pir' || source === 'cv_motion';
    const isWatching = network.armed && camera.enabled && now >= camera.quietUntil;
    if (!camera.online || (isMotion && !isWatching)) return undefined;
    const endsAt = now + (happening.clipSeconds ?? camera.clipSeconds) * 1000;
    if (isMotion) camera.quietUntil = endsAt + camera.retriggerSeconds * 1000;
    return this.#keep(network, this.#row(camera, source, { startsAt: now, endsAt, ...happening }));
  }

  /** Someone rings: recorded whether armed or not. */
  press(doorbellId: number, happening: Happening = {}): MediaRow | undefined {
    if (this.camera(doorbellId).kind !== 'doorbell') throw new Error(`Camera ${doorbellId} is no doorbell`);
    return this.trigger(doorbellId, 'button_press', happening);
  }

  /** The owner looks at a camera in the app for a while: its module is busy, and with "save live views" a clip is kept. */
  openLiveView(cameraId: number, seconds = 30): MediaRow | undefined {
    const camera = this.camera(cameraId);
    const network = this.network(camera.networkId);
    this.#commands.occupy(network.id, seconds * 1000);
    return network.saveLiveViews ? this.trigger(cameraId, 'liveview', { clipSeconds: seconds }) : undefined;
  }

  /** The owner watches a clip: it reappears in the list of changes. */
  watch(row: MediaRow): void {
    row.watched = true;
    row.updatedAt = Math.max(row.uploadedAt, this.#now());
  }

  /** The owner deletes a clip: it reappears, marked. */
  remove(row: MediaRow): void {
    row.deleted = true;
    row.updatedAt = Math.max(row.uploadedAt, this.#now());
  }

  /** A row is gone for good, as after the days of storage that the account has. */
  purge(row: MediaRow): void {
    this.#account.media = this.#account.media.filter((other) => other !== row);
    for (const network of this.#account.networks) {
      network.clips = network.clips.filter(({ id }) => id !== String(row.id));
    }
  }

  /** The owner arms or disarms in the app. */
  arm(networkId: number, armed = true): void {
    this.network(networkId).armed = armed;
  }

  /** Keeps a network's module busy with something else: orders are answered 409. */
  occupy(networkId: number, forMs: number): void {
    this.#commands.occupy(networkId, forMs);
  }

  /** The owner adds a camera; without an `id` it gets the next free one. */
  addCamera(spec: Omit<CameraSpec, 'id'> & { id?: number }): BlinkCamera {
    const id = spec.id ?? Math.max(4000, ...this.#account.cameras.map((camera) => camera.id)) + 1;
    const camera = createCamera({ ...spec, id });
    this.network(camera.networkId);
    this.#account.cameras.push(camera);
    return camera;
  }

  /** The owner takes a camera out of the account; its clips stay. */
  removeCamera(cameraId: number): void {
    this.#account.cameras = this.#account.cameras.filter(({ id }) => id !== cameraId);
  }

  addNetwork(spec: NetworkSpec): Network {
    const network = createNetwork(spec);
    this.#account.networks.push(network);
    return network;
  }

  /** A system leaves the account, and its cameras with it. */
  removeNetwork(networkId: number): void {
    this.#account.networks = this.#account.networks.filter(({ id }) => id !== networkId);
    this.#account.cameras = this.#account.cameras.filter((camera) => camera.networkId !== networkId);
  }

  /** A clip that a camera was ordered to make, or that a live view left behind. */
  record(camera: BlinkCamera, source: MediaCause, startedAt: number): MediaRow {
    const row = this.#row(camera, source, { startsAt: startedAt, endsAt: this.#now() });
    return this.#keep(this.network(camera.networkId), row);
  }

  #row(camera: BlinkCamera, source: string, span: Happening & { startsAt: number; endsAt: number }): MediaRow {
    const id = this.nextId;
    this.nextId += 1;
    const uploadedAt = span.endsAt + (span.uploadMs ?? this.uploadMs);
    const times = { createdAt: span.startsAt, updatedAt: uploadedAt, uploadedAt };
    return { id, camera, source, ...times, watched: false, deleted: false, labels: span.labels ?? [] };
  }

  #keep(network: Network, row: MediaRow): MediaRow {
    const { id, camera, createdAt, uploadedAt } = row;
    if (network.localStorage) network.clips.push({ id: String(id), camera: camera.id, createdAt, savedAt: uploadedAt });
    else this.#account.media.push(row);
    return row;
  }
}
