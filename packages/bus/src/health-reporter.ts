import { createDeadline, type Clock, type DeviceSource } from '@porchlight/core';
import type { BusClient } from './bus-client.ts';
import type { Connection } from './connection.ts';
import { contractVersion } from './contract/payloads.ts';
import { topics } from './contract/topics.ts';
import type { Outbox } from './outbox.ts';

export interface HealthReporterOptions {
  client: BusClient;
  connection: Connection;
  source: DeviceSource;
  outbox: Outbox;
  clock: Clock;
  version: string;
}

const periodMs = 60_000;

/** Publishes what operators want to know: version and capabilities when they are new, figures every minute. */
export class HealthReporter {
  readonly #options: HealthReporterOptions;
  readonly #startedAt: number;
  readonly #startedMonotonic: number;
  readonly #deadline;
  /** What the broker was told last. */
  #capabilities: string | undefined;

  constructor(options: HealthReporterOptions) {
    this.#options = options;
    this.#startedAt = options.clock.now();
    this.#startedMonotonic = options.clock.monotonic();
    this.#deadline = createDeadline(options.clock, () => this.#report());
  }

  /** From now on, and anew for a broker that may have forgotten. */
  start(): void {
    this.#capabilities = undefined;
    this.#report();
  }

  stop(): void {
    this.#deadline.clear();
  }

  #publishInfo(): void {
    const { client, source, version } = this.#options;
    const { service } = source;
    const capabilities = [...new Set(source.list().flatMap((device) => Object.keys(device.capabilities)))];
    // The devices of a cloud may come later.
    if (capabilities.join() === this.#capabilities) return;
    this.#capabilities = capabilities.join();
    const info = { v: contractVersion, version, startedAt: this.#startedAt, capabilities } as const;
    client.publish(topics.info, { service }, info).catch(() => undefined);
  }

  #report(): void {
    this.#deadline.set(periodMs);
    this.#publishInfo();
    const { client, connection, source, outbox, clock } = this.#options;
    const health = {
      v: contractVersion,
      at: clock.now(),
      uptimeSeconds: Math.round((clock.monotonic() - this.#startedMonotonic) / 1000),
      rssBytes: process.memoryUsage.rss(),
      ...(source.problem !== undefined && { problem: source.problem }),
      ...client.counters,
      queuedEvents: outbox.size,
      droppedEvents: outbox.dropped,
      reconnects: Math.max(0, connection.reconnects - 1),
    } as const;
    client.publish(topics.health, { service: source.service }, health).catch(() => undefined);
  }
}
