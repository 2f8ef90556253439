import { createDeadline, type Clock } from '@porchlight/core';
import type { BusClient } from './bus-client.ts';
import type { Connection } from './connection.ts';
import { contractVersion, serviceStatusSchema } from './contract/payloads.ts';
import { topics } from './contract/topics.ts';
import { startLease, stepLease, type LeaseInput, type LeasePhase, type LeaseStep } from './domain/lease.ts';

export interface OwnerOptions {
  client: BusClient;
  connection: Connection;
  clock: Clock;
  service: string;
  /** This host's name; unique among the hosts of a house. */
  owner: string;
  onServe: () => void;
  onStandBy: (owner: string) => void;
  /** The broker knows us as the owner (again): everything retained must be published now. */
  onClaimed: () => void;
}

const farewellMs = 1_000;

/** Sees to it that one host serves an account: looks, claims with a last will, stands by, takes over. */
export class Owner {
  readonly #options: OwnerOptions;
  readonly #since: number;
  readonly #unsubscribe: (() => void)[] = [];
  readonly #deadline;
  #step: LeaseStep = startLease();
  #hasWill = false;

  constructor(options: OwnerOptions) {
    this.#options = options;
    this.#since = options.clock.now();
    this.#deadline = createDeadline(options.clock, () => this.#input({ type: 'due' }));
  }

  get phase(): LeasePhase {
    return this.#step.state.phase;
  }

  start(): void {
    const { client, connection, service } = this.#options;
    this.#unsubscribe.push(
      client.subscribe(topics.status, { service }, (_params, status) => {
        if (status) this.#input({ type: 'status', status });
      }),
      connection.onChange((connected) => {
        this.#input({ type: connected ? 'connected' : 'disconnected' });
        if (connected && this.phase === 'claiming') void this.#publishStatus('online');
      }),
    );
    this.#carryOut();
  }

  /** Tells the house that this service has gone, because a clean end suppresses the will. */
  async stop(): Promise<void> {
    this.#deadline.clear();
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    if (this.phase !== 'serving' || !this.#options.connection.connected) return;
    // A broker that has hung must not hold the stop.
    const sent = new AbortController();
    const late = this.#options.clock.sleep(farewellMs, sent.signal).catch(() => undefined);
    await Promise.race([this.#publishStatus('offline'), late]);
    sent.abort('sent');
  }

  #input(input: LeaseInput): void {
    this.#step = stepLease(this.#step.state, input, this.#options.owner);
    this.#carryOut();
  }

  #carryOut(): void {
    for (const effect of this.#step.effects) {
      switch (effect.type) {
        case 'wait':
          this.#deadline.set(effect.ms);
          break;
        case 'serve':
          this.#options.onServe();
          break;
        case 'stand-by':
          this.#standBy(effect.owner);
          break;
        case 'claim':
          this.#claim();
      }
    }
  }

  #claim(): void {
    if (this.#hasWill) {
      void this.#publishStatus('online');
      return;
    }
    this.#hasWill = true;
    const { client, connection, service } = this.#options;
    // The will must be in place before anyone relies on us, and a host that stands by must have none.
    void connection.renew({
      topic: topics.status.format(client.root, { service }),
      payload: this.#statusText('offline'),
    });
  }

  #standBy(owner: string): void {
    this.#options.onStandBy(owner);
    if (!this.#hasWill) return;
    this.#hasWill = false;
    void this.#options.connection.renew(undefined);
  }

  async #publishStatus(state: 'online' | 'offline'): Promise<void> {
    const { client, service, owner, onClaimed } = this.#options;
    const status = { v: contractVersion, state, owner, since: this.#since } as const;
    try {
      await client.publish(topics.status, { service }, status);
      if (state === 'online') onClaimed();
    } catch {
      // Without a connection; the next connect claims again.
    }
  }

  #statusText(state: 'online' | 'offline'): string {
    const { owner } = this.#options;
    return JSON.stringify(serviceStatusSchema.encode({ v: contractVersion, state, owner, since: this.#since }));
  }
}
