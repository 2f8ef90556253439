import {
  PorchlightError,
  type Bus,
  type Clock,
  type CommandableName,
  type CommandOf,
  type DeviceAddress,
} from '@porchlight/core';
import { randomUUID } from 'node:crypto';
import type { BusClient } from './bus-client.ts';
import { topics } from './contract/topics.ts';

interface Waiting {
  resolve: () => void;
  reject: (error: Error) => void;
}

const defaultTimeoutMs = 10_000;
/** A command that could not be delivered for this long is forgotten by the broker, seconds. */
const commandExpirySeconds = 30;

/** Sends commands to devices and waits for their answers. */
export class Commander {
  readonly #client: BusClient;
  readonly #clock: Clock;
  readonly #waiting = new Map<string, Waiting>();
  readonly #subscribed = new Set<string>();
  /** Tells our ids from those of others. */
  readonly #idPrefix = randomUUID();
  #count = 0;

  constructor(client: BusClient, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  command: Bus['command'] = async (target, command, options) => {
    const id = `${this.#idPrefix}-${(this.#count += 1)}`;
    const result = new Promise<void>((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    // Sent before anything else is set up: a lamp is waiting.
    const sent = this.#send(id, target, command);
    const answered = new AbortController();
    const timeoutMs = options?.timeoutMs ?? defaultTimeoutMs;
    const name = `${target.service}/${target.device}`;
    const timeout = this.#clock.sleep(timeoutMs, answered.signal).then(() => {
      throw new PorchlightError('bus.timeout', `${name} did not answer within ${timeoutMs / 1000} s.`);
    });
    timeout.catch(() => undefined);
    try {
      await Promise.race([sent.then(() => result), timeout]);
    } finally {
      answered.abort('answered');
      this.#waiting.delete(id);
    }
  };

  #send<N extends CommandableName>(
    id: string,
    { service, device, capability }: DeviceAddress & { capability: N },
    command: CommandOf<N>,
  ): Promise<void> {
    const params = { service, device, capability };
    // The broker takes packets in order, so the answer cannot overtake this subscription.
    this.#expectResults(params);
    const payload = { id, at: this.#clock.now(), command };
    return this.#client.publish(topics.command, params, payload, {
      expirySeconds: commandExpirySeconds,
      isUrgent: true,
    });
  }

  #expectResults(params: { service: string; device: string; capability: string }): void {
    const key = Object.values(params).join('/');
    if (this.#subscribed.has(key)) return;
    this.#subscribed.add(key);
    this.#client.subscribe(topics.result, params, (_params, result) => {
      const waiting = result && this.#waiting.get(result.id);
      if (!waiting) return;
      if (result.ok) return waiting.resolve();
      const { code, message } = result.error ?? { code: 'command.failed', message: 'The device refused.' };
      waiting.reject(new PorchlightError(code, message));
    });
  }
}
