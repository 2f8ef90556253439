import { createTroubleLog, describeError, errorCode, type Clock, type Log } from '@porchlight/core';
import type { MediaRow } from '../../domain/media-row.ts';
import type { Cloud, FoundCamera, FoundNetwork } from '../../ports.ts';

/** Waits between questions for the list, in ms; then it is left for the next round. */
const waitsMs = [2000, 3000, 5000, 8000];

/** Reads what is on the USB stick of a sync module. */
export class StickReader {
  readonly #cloud: Cloud;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #troubles;
  /** Systems whose stick cannot be read; the reason may change from time to time. */
  readonly #unread = new Set<string>();

  constructor(cloud: Cloud, { clock, log, signal }: { clock: Clock; log: Log; signal: AbortSignal }) {
    this.#cloud = cloud;
    this.#clock = clock;
    this.#signal = signal;
    this.#troubles = createTroubleLog(log, clock);
  }

  /** The recordings of one system; none when its module is busy: the next look finds them. */
  async look({ id: network, name, sync }: FoundNetwork, cameras: readonly FoundCamera[]): Promise<MediaRow[]> {
    if (!sync) return [];
    try {
      const command = await this.#cloud.requestManifest(network, sync.id);
      const rows = await this.#collect({ network, sync: sync.id, command }, cameras);
      this.#unread.delete(network);
      this.#troubles.end(network, `The USB storage of ${name} can be read again`);
      return rows;
    } catch (error) {
      const code = errorCode(error);
      if (code === 'blink.busy' || code === 'blink.not-ready') return [];
      // One module that has lost its stick must not silence the account.
      if (code !== 'blink.missing' && code !== 'blink.answer') throw error;
      if (!this.#unread.has(network)) {
        this.#troubles.begin(network, `The USB storage of ${name} cannot be read: ${describeError(error)}`);
      }
      this.#unread.add(network);
      return [];
    }
  }

  async #collect(
    { network, sync, command }: { network: string; sync: string; command: string },
    cameras: readonly FoundCamera[],
  ): Promise<MediaRow[]> {
    const own = cameras.filter((camera) => camera.network === network);
    for (const [index, ms] of waitsMs.entries()) {
      await this.#clock.sleep(ms, this.#signal);
      try {
        const clips = await this.#cloud.manifest(network, sync, command);
        return clips.flatMap(({ id, cameraName, createdAt, media }) => {
          // The list names cameras without anything but letters and digits.
          const camera = own.find(({ name }) => strip(name) === strip(cameraName));
          const row = { id: `usb-${network}-${id}`, network, createdAt, isDeleted: false, source: 'usb', media };
          return camera ? [{ ...row, device: camera.id }] : [];
        });
      } catch (error) {
        if (errorCode(error) !== 'blink.not-ready' || index === waitsMs.length - 1) throw error;
      }
    }
    return [];
  }
}

function strip(name: string): string {
  return name.replaceAll(/[^a-z0-9]/gi, '').toLowerCase();
}
