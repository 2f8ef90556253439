import type { Clock } from '@porchlight/core';
import type { MediaDevice } from '../../domain/organisation.ts';
import type { Cloud, MediaUris } from '../../ports.ts';
import { tokenSec } from '../cloud/client.ts';

/** A LAN address that failed is not asked again for so long, ms. */
const restMs = 60_000;
/** Share of a token's life after which it is renewed. */
const tokenShare = 0.9;

/** What is known of one device in one run: its addresses, its token, and which addresses do not answer. */
export class DeviceLink {
  readonly device: MediaDevice;
  /** The edge of the cloud has refused a token alone. */
  needsKey = false;
  readonly #cloud: Cloud;
  readonly #clock: Clock;
  #uris: Promise<MediaUris> | undefined;
  #token: Promise<{ token: string; validUntil: number }> | undefined;
  #resting = new Map<string, number>();

  constructor(device: MediaDevice, { cloud, clock }: { cloud: Cloud; clock: Clock }) {
    this.device = device;
    this.#cloud = cloud;
    this.#clock = clock;
  }

  uris(): Promise<MediaUris> {
    this.#uris ??= this.#cloud.mediaUris(this.device).catch((error: unknown) => {
      this.#uris = undefined;
      throw error;
    });
    return this.#uris;
  }

  /** The token; a new one when it is old, or is the `refused` one. Askers at the same time share one call. */
  async token(refused?: string): Promise<string> {
    for (;;) {
      const known = this.#token;
      const current = await known;
      const isUsable = current && current.token !== refused && this.#clock.monotonic() < current.validUntil;
      if (isUsable) return current.token;
      // Another asker may have begun while this one waited.
      if (this.#token === known) this.#token = this.#issue();
    }
  }

  #issue(): Promise<{ token: string; validUntil: number }> {
    const validUntil = this.#clock.monotonic() + tokenSec * 1000 * tokenShare;
    const issued = this.#cloud.token(this.device).then((token) => ({ token, validUntil }));
    issued.catch(() => (this.#token = undefined));
    return issued;
  }

  rest(address: string): void {
    this.#resting.set(new URL(address).host, this.#clock.monotonic() + restMs);
  }

  isResting(address: string): boolean {
    return (this.#resting.get(new URL(address).host) ?? 0) > this.#clock.monotonic();
  }
}
