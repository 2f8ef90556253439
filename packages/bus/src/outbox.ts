import { describeProblem } from './contract/describe-problem.ts';
import { busEventSchema } from './contract/payloads.ts';
import type { DeviceEvent, Journal, Log } from '@porchlight/core';
import * as z from 'zod';

const lineSchema = z.union([z.object({ event: busEventSchema }), z.object({ done: z.string() })]);

export interface OutboxOptions {
  journal: Journal;
  /** Events kept at most; beyond it the oldest are dropped and counted. */
  maxEvents: number;
  log: Log;
  /** Rejects when the broker did not acknowledge it. */
  send: (event: DeviceEvent) => Promise<void>;
}

/**
 * Events wait here until the broker has acknowledged them, on the disk as well, so that neither a restart of this
 * process nor one of the broker loses any. An event may go out twice; consumers count it by its id.
 */
export class Outbox {
  /** Events lost because the queue was full. */
  dropped = 0;
  readonly #options: OutboxOptions;
  readonly #waiting = new Map<string, DeviceEvent>();
  readonly #sending = new Set<string>();
  #journalLines = 0;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** Reads what an earlier run left behind, and sends it. Unreadable lines are skipped. */
  async load(): Promise<void> {
    const lines = await this.#options.journal.lines();
    this.#journalLines = lines.length;
    const earlier = new Map<string, DeviceEvent>();
    for (const line of lines) {
      const parsed = parseLine(line);
      if (!parsed) continue;
      if ('event' in parsed) earlier.set(parsed.event.id, parsed.event);
      else earlier.delete(parsed.done);
    }
    const later = [...this.#waiting];
    this.#waiting.clear();
    for (const [id, event] of [...earlier, ...later]) this.#waiting.set(id, event);
    // The connection may have been faster than the disk.
    this.flush();
  }

  /** Sends at once; the disk write goes alongside and does not hold it up. What nobody could read is said and dropped. */
  add(event: DeviceEvent): void {
    const line = this.#encode(event);
    if (!line) return;
    this.#waiting.set(event.id, event);
    if (this.#waiting.size > this.#options.maxEvents) this.#dropOldest();
    this.#record(line);
    this.#send(event);
  }

  /** Sends everything that waits; called on every connect. */
  flush(): void {
    for (const event of this.#waiting.values()) this.#send(event);
  }

  #encode(event: DeviceEvent): { event: object } | undefined {
    try {
      return { event: busEventSchema.encode({ v: 1, ...event }) };
    } catch (error) {
      const { log } = this.#options;
      log.warn(`An event of ${event.service}/${event.device} cannot be sent: ${describeProblem(error)}.`);
      return undefined;
    }
  }

  #send(event: DeviceEvent): void {
    if (this.#sending.has(event.id)) return;
    this.#sending.add(event.id);
    this.#options.send(event).then(
      () => {
        this.#sending.delete(event.id);
        this.#waiting.delete(event.id);
        this.#record({ done: event.id });
      },
      () => this.#sending.delete(event.id),
    );
  }

  #dropOldest(): void {
    const oldest = this.#waiting.keys().next();
    if (oldest.done) return;
    this.#waiting.delete(oldest.value);
    this.dropped += 1;
    if (this.dropped === 1) this.#options.log.warn('The queue of unsent events is full; the oldest are being dropped.');
    this.#record({ done: oldest.value });
  }

  #record(line: object): void {
    this.#journalLines += 1;
    const { journal, log, maxEvents } = this.#options;
    const isLong = this.#journalLines > 2 * maxEvents + 100 || (this.#waiting.size === 0 && this.#journalLines > 200);
    const write = isLong ? this.#compact() : journal.append(JSON.stringify(line));
    write.catch((error: unknown) => log.error(`Unsent events cannot be stored: ${String(error)}`));
  }

  #compact(): Promise<void> {
    this.#journalLines = this.#waiting.size;
    const lines = [...this.#waiting.values()].flatMap((event) => this.#encode(event) ?? []);
    return this.#options.journal.rewrite(lines.map((line) => JSON.stringify(line)));
  }
}

function parseLine(line: string): z.output<typeof lineSchema> | undefined {
  try {
    const result = lineSchema.safeDecode(JSON.parse(line));
    return result.success ? result.data : undefined;
  } catch {
    return undefined;
  }
}
