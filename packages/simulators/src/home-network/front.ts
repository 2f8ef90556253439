/* eslint-disable unicorn/require-post-message-target-origin -- threads of one process have no origins */
import { connect, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import type { FrontOrder } from './front-worker.ts';

/** `hang`: nothing answers, as when the power is off. `refuse`: connections are refused and broken. */
export type Silence = 'hang' | 'refuse';

type Order = FrontOrder extends infer O ? (O extends { id: number } ? Omit<O, 'id'> : never) : never;

/** A connection over loopback succeeds in less, milliseconds; longer means that the queue is full. */
const fullAfterMs = 30;
const maxFillers = 64;

/** One stretch of cable: services behind it are reached at the ports that it gives out, until it is cut. */
export class Front {
  readonly #flags = new Int32Array(new SharedArrayBuffer(8));
  readonly #worker: Worker;
  readonly #waiting = new Map<number, (answer: { port?: number; error?: string }) => void>();
  readonly #ports: number[] = [];
  #fillers: Socket[] = [];
  #cut: Silence | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #count = 0;

  constructor() {
    const name = import.meta.url.endsWith('.ts') ? './front-worker.ts' : './front-worker.js';
    this.#worker = new Worker(new URL(name, import.meta.url), { workerData: { flags: this.#flags } });
    this.#worker.on('message', (answer: { id: number; port?: number; error?: string }) => {
      this.#waiting.get(answer.id)?.(answer);
      this.#waiting.delete(answer.id);
    });
  }

  /** Makes a local port reachable over this cable; resolves with the port to use. */
  expose(upstream: number, type: 'tcp' | 'udp' = 'tcp'): Promise<number> {
    return this.#enqueue(async () => {
      const port = await this.#order({ type, upstream });
      if (type === 'tcp') this.#ports.push(port);
      return port;
    });
  }

  /** Cuts the cable, or mends it; resolves when it is so. */
  set(silence: Silence | undefined): Promise<void> {
    return this.#enqueue(async () => {
      if (silence === this.#cut) return;
      if (this.#cut) await this.#mend();
      if (silence) await this.#sever(silence);
      this.#cut = silence;
    });
  }

  async close(): Promise<void> {
    await this.set(undefined);
    await this.#worker.terminate();
  }

  async #sever(silence: Silence): Promise<void> {
    if (silence === 'refuse') {
      await this.#order({ type: 'refuse' });
      return;
    }
    Atomics.store(this.#flags, 0, 1);
    // Its answer comes when the cable is mended.
    void this.#order({ type: 'stand-still' });
    await Atomics.waitAsync(this.#flags, 1, 0).value;
    await Promise.all(this.#ports.map((port) => this.#fill(port)));
  }

  async #mend(): Promise<void> {
    if (this.#cut === 'refuse') {
      await this.#order({ type: 'listen' });
      return;
    }
    for (const socket of this.#fillers.splice(0)) socket.destroy();
    Atomics.store(this.#flags, 0, 0);
    Atomics.notify(this.#flags, 0);
  }

  /** Takes every place in the queue of a port, so that the next one who knocks hears nothing. */
  async #fill(port: number): Promise<void> {
    for (let count = 0; count < maxFillers; count++) {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => undefined);
      this.#fillers.push(socket);
      const isIn = await new Promise<boolean>((resolve) => {
        // On a busy machine the timer may be seen before a connection that came earlier: it gets a turn to show.
        const timer = setTimeout(() => setImmediate(() => setImmediate(resolve, false)), fullAfterMs);
        socket.once('connect', () => {
          clearTimeout(timer);
          resolve(true);
        });
      });
      if (isIn) continue;
      // One that still knocks would slip in before a guest when the cable is mended.
      socket.destroy();
      return;
    }
  }

  async #order(order: Order): Promise<number> {
    const id = ++this.#count;
    const answer = await new Promise<{ port?: number; error?: string }>((resolve) => {
      this.#waiting.set(id, resolve);
      this.#worker.postMessage({ ...order, id });
    });
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer.port ?? 0;
  }

  #enqueue<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#last.then(task);
    this.#last = result.catch(() => undefined);
    return result;
  }
}
