import { backoffMs, createTroubleLog, describeError, PorchlightError, type Clock, type Log } from '@porchlight/core';
import type { IClientOptions, IPublishPacket, MqttClient } from 'mqtt';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { WatchtowerConfig } from './config.ts';
import { maxBeatBytes } from './domain/beat.ts';
import type { Gate } from './gate.ts';
import type { Roster } from './roster.ts';

interface MqttBeatsParts {
  mqtt: NonNullable<WatchtowerConfig['mqtt']>;
  gate: Gate;
  roster: Roster;
  clock: Clock;
  log: Log;
}

const retry = { firstMs: 1_000, maxMs: 30_000 };

/**
 * Beats from a broker. Workers share one subscription, so each beat reaches one of them. The session is never kept: the
 * share of a worker that is gone must go to the others, not into a queue for its return.
 */
export class MqttBeats {
  readonly #parts: MqttBeatsParts;
  readonly #stop = new AbortController();
  #pause: AbortController | undefined;
  #client: MqttClient | undefined;
  #loop: Promise<void> | undefined;

  constructor(parts: MqttBeatsParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  /** A worker that cannot keep what it hears leaves its share to the others until it can. */
  setPaused(isPaused: boolean): void {
    if (isPaused === (this.#pause !== undefined)) return;
    if (isPaused) this.#pause = new AbortController();
    else {
      this.#pause?.abort();
      this.#pause = undefined;
    }
    if (isPaused) this.#client?.end(true);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.#pause?.abort();
    this.#client?.end(true);
    await this.#loop;
  }

  async #run(): Promise<void> {
    const { clock, log } = this.#parts;
    const { signal } = this.#stop;
    const trouble = createTroubleLog(log, clock);
    for (let attempt = 1; !signal.aborted; attempt += 1) {
      await this.#resumed();
      if (signal.aborted) return;
      let problem = 'the connection was lost';
      await this.#listen(() => {
        attempt = 0;
        trouble.end('broker', 'The MQTT broker answers again');
      }).catch((error: unknown) => (problem = describeError(error)));
      if (signal.aborted) return;
      if (!this.#pause) trouble.begin('broker', `Beats over MQTT cannot be heard: ${problem}`);
      await clock.sleep(backoffMs(attempt + 1, retry, Math.random()), signal).catch(() => undefined);
    }
  }

  async #resumed(): Promise<void> {
    const pause = this.#pause;
    if (!pause || pause.signal.aborted) return;
    await new Promise<void>((resolve) => pause.signal.addEventListener('abort', () => resolve(), { once: true }));
  }

  /** One connection, until it ends. Rejects when it cannot be made. */
  async #listen(onReady: () => void): Promise<void> {
    const { mqtt } = this.#parts;
    const { default: library } = await import('mqtt').catch(missing);
    const client = library.connect(mqtt.url, await this.#options());
    this.#client = client;
    client.on('message', (topic, payload, packet) => this.#receive(topic, payload, packet));
    try {
      await new Promise<void>((resolve, reject) => {
        client.on('error', reject);
        client.on('close', () => resolve());
        client.on('connect', () => {
          const filters = ['beat', 'gone'].map((leaf) => `$share/${mqtt.group}/${mqtt.root}/+/${leaf}`);
          client.subscribeAsync(filters, { qos: 1 }).then(onReady, reject);
        });
      });
    } finally {
      this.#client = undefined;
      client.end(true);
    }
  }

  async #options(): Promise<IClientOptions> {
    const { username, password, caFile } = this.#parts.mqtt;
    return {
      clientId: `porchlight-watchtower-${randomBytes(6).toString('hex')}`,
      protocolVersion: 5,
      clean: true,
      keepalive: 15,
      connectTimeout: 10_000,
      reconnectPeriod: 0,
      ...(username !== undefined && { username }),
      ...(password !== undefined && { password }),
      ...(caFile !== undefined && { ca: await readFile(caFile) }),
    };
  }

  #receive(topic: string, payload: Buffer, { retain }: IPublishPacket): void {
    const { gate, roster } = this.#parts;
    const [leaf, id = ''] = topic.split('/').toReversed();
    const member = roster.ofId(id);
    // A retained beat was sent whenever: it is no sign of life.
    if (retain) return;
    if (!member) return gate.refuse('token', id.slice(0, 64));
    if (leaf === 'gone') return roster.note(member, 'connection lost');
    if (payload.length > maxBeatBytes) return gate.refuse('size', id);
    const verdict = gate.hear(member, payload.toString());
    if (verdict !== 'ok') gate.refuse(verdict, id);
  }
}

function missing(cause: unknown): never {
  throw new PorchlightError('watchtower.mqtt', 'Beats over MQTT need the package "mqtt": npm install --global mqtt', {
    cause,
    retry: 'after-user',
  });
}
