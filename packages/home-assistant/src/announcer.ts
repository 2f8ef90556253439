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
import { describeDiscovery, objectId, originName, type Discovery } from './discovery.ts';

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
  components: z.record(z.string(), z.object({ platform: z.string(), unique_id: z.string().optional() })).default({}),
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
  /** Entities that Home Assistant knows, with their platforms: by discovery topic, from this run or an earlier one. */
  readonly #known = new Map<string, Map<string, string>>();
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
      client.foreign.subscribe(`${prefix}/device/+/config`, ({ topic, payload }) => this.#onAnnounced(topic, payload)),
      client.foreign.subscribe(`${prefix}/status`, ({ payload }) => {
        if (Buffer.from(payload).toString() !== 'online') return;
        // It has just started, with everyone talking to it at once.
        this.#announced.clear();
        this.#settle.set(500 + 2_500 * random());
      }),
      client.onConnection((connected) => (connected ? this.#onConnected() : this.#sweep.clear())),
    ];
    if (client.connected) this.#onConnected();
  }

  stop(): void {
    for (const stop of this.#stops) stop();
    this.#settle.clear();
    this.#sweep.clear();
  }

  #onConnected(): void {
    this.#announced.clear();
    this.#settle.set(settleMs);
    this.#sweep.set(sweepMs);
  }

  #onDescription(service: string, device: string, description: DeviceDescription | undefined): void {
    const place = { service, root: this.#parts.client.root };
    const topic = `${this.#parts.prefix}/device/${objectId(place, device)}/config`;
    const discovery = description && describeDiscovery(description, place);
    // An empty payload takes the device out of Home Assistant.
    this.#wanted.set(topic, discovery ? JSON.stringify(discovery) : '');
    this.#settle.set(settleMs);
  }

  /** Remembers what is announced for this house, by whomever, and not for another one on the same broker. */
  #onAnnounced(topic: string, payload: Uint8Array): void {
    const announced = readAnnounced(payload);
    if (!announced) return void this.#known.delete(topic);
    const { availability, components } = announced;
    if (!topics.status.match(this.#parts.client.root, availability[0]?.topic ?? '')) return;
    const entities = Object.entries(components).filter(([, { unique_id }]) => unique_id !== undefined);
    this.#known.set(topic, new Map(entities.map(([key, { platform }]) => [key, platform])));
  }

  #announce(): void {
    for (const [topic, wanted] of this.#wanted) {
      if (this.#announced.get(topic) === wanted) continue;
      const farewell = this.#farewell(topic, wanted);
      if (farewell === undefined) this.#announced.set(topic, wanted);
      // What is wanted follows once Home Assistant has taken the entities out.
      else this.#settle.set(settleMs);
      this.#publish(topic, farewell ?? wanted);
    }
  }

  /** An entity goes only when it is named once more, by its platform alone; undefined when none has to go. */
  #farewell(topic: string, wanted: string): string | undefined {
    if (wanted === '') return undefined;
    const discovery = JSON.parse(wanted) as Discovery;
    const known = this.#known.get(topic);
    const gone = [...(known ?? [])].filter(([key]) => !(key in discovery.components));
    if (gone.length === 0) return undefined;
    for (const [key] of gone) known?.delete(key);
    const stubs = Object.fromEntries(gone.map(([key, platform]) => [key, { platform }]));
    return JSON.stringify({ ...discovery, components: { ...discovery.components, ...stubs } });
  }

  #clearStale(): void {
    for (const topic of this.#known.keys()) if (!this.#wanted.has(topic)) this.#publish(topic, '');
  }

  #publish(topic: string, payload: string): void {
    const { client, log } = this.#parts;
    client.foreign.publish(topic, payload, { retain: true }).catch((error: unknown) => {
      this.#announced.delete(topic);
      log.debug(`A device could not be announced to Home Assistant: ${describeError(error)}`);
    });
  }
}

/** A discovery message of ours; undefined for one of somebody else, and for a cleared one. */
function readAnnounced(payload: Uint8Array): z.output<typeof announcedSchema> | undefined {
  try {
    return announcedSchema.safeParse(JSON.parse(Buffer.from(payload).toString())).data;
  } catch {
    return undefined;
  }
}
