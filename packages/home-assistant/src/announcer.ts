import { topics, type BusClient } from '@porchlight/bus';
import {
  createDeadline,
  describeError,
  type Clock,
  type Deadline,
  type DeviceDescription,
  type Log,
} from '@porchlight/core';
import * as z from 'zod';
import { describeDiscovery, objectId, originName } from './discovery.ts';

export interface AnnouncerParts {
  client: BusClient;
  clock: Clock;
  log: Log;
  /** Home Assistant's own first level. */
  prefix?: string;
  random?: () => number;
}

/** Home Assistant loses entities when one device is announced twice in quick succession, milliseconds. */
const settleMs = 1_000;
/** Time for what is retained to arrive before anything is taken for stale, milliseconds. */
const sweepMs = 5_000;
const announcedSchema = z.object({
  origin: z.object({ name: z.literal(originName) }),
  availability: z.array(z.object({ topic: z.string() })).min(1),
});

/**
 * Announces every device on the bus to Home Assistant, whichever host serves it: the retained descriptions are all it
 * needs. One announcer is enough for a house.
 */
export class Announcer {
  readonly #parts: Required<AnnouncerParts>;
  /** Wanted payloads by discovery topic. */
  readonly #wanted = new Map<string, string>();
  readonly #announced = new Map<string, string>();
  readonly #retained = new Set<string>();
  readonly #settle: Deadline;
  readonly #sweep: Deadline;
  #stops: (() => void)[] = [];

  constructor(parts: AnnouncerParts) {
    this.#parts = { prefix: 'homeassistant', random: Math.random, ...parts };
    this.#settle = createDeadline(parts.clock, () => this.#announce());
    this.#sweep = createDeadline(parts.clock, () => this.#clearStale());
  }

  start(): void {
    const { client, prefix, random } = this.#parts;
    this.#stops = [
      client.subscribe(topics.device, {}, ({ service, device }, payload) =>
        this.#onDescription(service, device, payload && 'id' in payload ? (payload as DeviceDescription) : undefined),
      ),
      client.foreign.subscribe(`${prefix}/device/+/config`, ({ topic, payload }) => this.#onRetained(topic, payload)),
      client.foreign.subscribe(`${prefix}/status`, ({ payload }) => {
        if (Buffer.from(payload).toString() !== 'online') return;
        // It has just started, with everyone talking to it at once.
        this.#announced.clear();
        this.#settle.set(500 + 2_500 * random());
      }),
      client.onConnection((connected) => {
        if (!connected) return;
        this.#announced.clear();
        this.#settle.set(settleMs);
      }),
    ];
    this.#sweep.set(sweepMs);
  }

  stop(): void {
    for (const stop of this.#stops) stop();
    this.#settle.clear();
    this.#sweep.clear();
  }

  #onDescription(service: string, device: string, description: DeviceDescription | undefined): void {
    const place = { service, root: this.#parts.client.root };
    const topic = `${this.#parts.prefix}/device/${objectId(place, device)}/config`;
    const discovery = description && describeDiscovery(description, place);
    // An empty payload takes the device out of Home Assistant.
    this.#wanted.set(topic, discovery ? JSON.stringify(discovery) : '');
    this.#settle.set(settleMs);
  }

  /** Remembers what an earlier run announced, for this house and not for another one on the same broker. */
  #onRetained(topic: string, payload: Uint8Array): void {
    try {
      const { data } = announcedSchema.safeParse(JSON.parse(Buffer.from(payload).toString()));
      if (data?.availability[0]?.topic.startsWith(`${this.#parts.client.root}/`)) this.#retained.add(topic);
    } catch {
      // Somebody else's, or cleared.
    }
  }

  #announce(): void {
    for (const [topic, payload] of this.#wanted) {
      if (this.#announced.get(topic) === payload) continue;
      this.#announced.set(topic, payload);
      this.#publish(topic, payload);
    }
  }

  #clearStale(): void {
    for (const topic of this.#retained) if (!this.#wanted.has(topic)) this.#publish(topic, '');
  }

  #publish(topic: string, payload: string): void {
    const { client, log } = this.#parts;
    client.foreign.publish(topic, payload, { retain: true }).catch((error: unknown) => {
      this.#announced.delete(topic);
      log.debug(`A device could not be announced to Home Assistant: ${describeError(error)}`);
    });
  }
}
