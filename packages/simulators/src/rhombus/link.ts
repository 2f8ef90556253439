import { setTimeout as sleep } from 'node:timers/promises';

/** A wire of limited speed. Several senders that share it take turns chunk by chunk. */
export interface Link {
  /** Resolves when the wire has room for these bytes. */
  carry(bytes: number): Promise<void>;
}

// Timers wake late; what a wire did not carry in so short a time is made up for, or its speed would be too low.
const creditMs = 20;

/** A wire of so many bits per second; without a number it is never full. */
export function createLink(bitsPerSecond: () => number | undefined): Link {
  let freeAtMs = 0;
  return {
    async carry(bytes) {
      const speed = bitsPerSecond();
      if (!speed) return;
      const nowMs = performance.now();
      freeAtMs = Math.max(freeAtMs, nowMs - creditMs) + (bytes * 8000) / speed;
      const waitMs = freeAtMs - nowMs;
      if (waitMs > 1) await sleep(waitMs, undefined, { ref: false });
    },
  };
}

/** Latency and speed of one way to the media. Numbers may be changed while the server runs; absent means unlimited. */
export interface Network {
  /** From the request to the first byte. */
  latencyMs?: number;
  connectionBitsPerSecond?: number;
  /** Of one camera or gateway, over all connections. */
  deviceBitsPerSecond?: number;
  /** Of everything on this way. */
  totalBitsPerSecond?: number;
}

/** Gives the wires that one answer goes through. */
export class Wires {
  readonly #network: Network;
  readonly #total: Link;
  #devices = new Map<string, Link>();
  #connections = new WeakMap<object, Link>();

  constructor(network: Network) {
    this.#network = network;
    this.#total = createLink(() => network.totalBitsPerSecond);
  }

  /** The wires between this device and this connection; none when nothing is limited. */
  between(deviceUuid: string, connection: object): Link[] {
    const { connectionBitsPerSecond, deviceBitsPerSecond, totalBitsPerSecond } = this.#network;
    const device = (): Link => remembered(this.#devices, deviceUuid, () => this.#network.deviceBitsPerSecond);
    const own = (): Link => remembered(this.#connections, connection, () => this.#network.connectionBitsPerSecond);
    return [
      ...(connectionBitsPerSecond ? [own()] : []),
      ...(deviceBitsPerSecond ? [device()] : []),
      ...(totalBitsPerSecond ? [this.#total] : []),
    ];
  }
}

function remembered<Key>(
  links: { get(key: Key): Link | undefined; set(key: Key, link: Link): unknown },
  key: Key,
  speed: () => number | undefined,
): Link {
  const known = links.get(key);
  if (known) return known;
  const link = createLink(speed);
  links.set(key, link);
  return link;
}
