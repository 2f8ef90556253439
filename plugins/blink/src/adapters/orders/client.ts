import { createTroubleLog, describeError, errorCode, type Clock, type Log } from '@porchlight/core';
import {
  stepOrders,
  type Order,
  type OrderEffect,
  type OrderInput,
  type OrderQueue,
} from '../../domain/order-queue.ts';
import { orderFailed } from '../../errors.ts';
import type { Cloud, Target } from '../../ports.ts';
import { pauseAfter } from '../cloud/refuse.ts';

interface PendingOrder extends Order {
  target: Target;
  label: string;
}

interface Waiter {
  resolve(): void;
  reject(error: unknown): void;
}

/** Orders to the sync modules: each carries out one at a time, whatever a scene asks for at once. */
export class Orders {
  readonly #cloud: Cloud;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #troubles;
  readonly #onSettled: () => void;
  readonly #queues = new Map<string, OrderQueue<PendingOrder>>();
  readonly #waiters = new Map<number, Waiter[]>();
  readonly #running = new Set<Promise<void>>();
  /** How long the cloud wants to be left alone after an order that it refused, in ms, by order. */
  readonly #pauses = new Map<number, number>();
  #nextId = 1;

  constructor(
    { cloud, onSettled }: { cloud: Cloud; onSettled: () => void },
    { clock, log, signal }: { clock: Clock; log: Log; signal: AbortSignal },
  ) {
    this.#cloud = cloud;
    this.#clock = clock;
    this.#signal = signal;
    this.#troubles = createTroubleLog(log, clock);
    this.#onSettled = onSettled;
  }

  /** Resolves once the system has done it; `label` names it for people. */
  ask(target: Target, label: string): Promise<void> {
    const id = this.#nextId;
    this.#nextId += 1;
    const done = new Promise<void>((resolve, reject) => this.#waiters.set(id, [{ resolve, reject }]));
    this.#step(target.network, { type: 'ask', order: { id, key: toKey(target), target, label } });
    return done;
  }

  isBusy(network: string): boolean {
    return this.#queues.get(network)?.running !== undefined;
  }

  /** Resolves when nothing is on its way any more. */
  async settle(): Promise<void> {
    await Promise.all(this.#running);
  }

  #step(network: string, input: OrderInput<PendingOrder>): void {
    const { queue, effects } = stepOrders(this.#queues.get(network) ?? { waiting: [] }, input, this.#clock.monotonic());
    this.#queues.set(network, queue);
    for (const effect of effects) this.#carryOut(network, effect);
    if (!queue.running && effects.length > 0) this.#onSettled();
  }

  #carryOut(network: string, effect: OrderEffect<PendingOrder>): void {
    switch (effect.type) {
      case 'send':
        return this.#run(network, () => this.#send(effect.order));
      case 'poll':
        return this.#run(network, () => this.#poll(effect.order, effect.command));
      case 'wait':
        return this.#run(network, async () => {
          await this.#clock.sleep(effect.ms, this.#signal);
          return { type: 'woke' };
        });
      case 'replaced': {
        const waiters = [...this.#take(effect.order), ...this.#take(effect.by)];
        this.#waiters.set(effect.by.id, waiters);
        return;
      }
      case 'settled':
        return this.#settled(effect.order, effect.problem);
    }
  }

  /** Everything that takes time ends in the next input of the queue. */
  #run(network: string, work: () => Promise<OrderInput<PendingOrder>>): void {
    const run = work()
      .catch((error: unknown): OrderInput<PendingOrder> => ({ type: 'failed', reason: describeError(error) }))
      .then((input) => this.#step(network, input));
    this.#running.add(run);
    void run.finally(() => this.#running.delete(run));
  }

  async #send({ id, target }: PendingOrder): Promise<OrderInput<PendingOrder>> {
    try {
      const command = await this.#cloud.order(target);
      return { type: 'accepted', ...(command !== undefined && { command }) };
    } catch (error) {
      if (errorCode(error) === 'blink.busy') return { type: 'busy' };
      this.#pauses.set(id, pauseAfter(error));
      throw error;
    }
  }

  async #poll({ target }: PendingOrder, command: string): Promise<OrderInput<PendingOrder>> {
    try {
      return await this.#cloud.progress(target.network, command);
    } catch (error) {
      // A finished command is forgotten by and by; a fault on the way says nothing about it.
      if (errorCode(error) === 'blink.missing') return { type: 'done' };
      if (errorCode(error) === 'blink.sign-in-needed') throw error;
      return { type: 'pending' };
    }
  }

  #settled(order: PendingOrder, problem: string | undefined): void {
    const waiters = this.#take(order);
    const pauseMs = this.#pauses.get(order.id);
    this.#pauses.delete(order.id);
    if (problem === undefined) this.#troubles.end(order.key, `${order.label} works again`);
    else if (!this.#signal.aborted) this.#troubles.begin(order.key, `${order.label} did not work: ${problem}.`);
    for (const { resolve, reject } of waiters) {
      if (problem === undefined) resolve();
      else reject(orderFailed(order.label, problem, pauseMs));
    }
  }

  #take({ id }: PendingOrder): Waiter[] {
    const waiters = this.#waiters.get(id) ?? [];
    this.#waiters.delete(id);
    return waiters;
  }
}

function toKey(target: Target): string {
  return target.what === 'arm' ? `arm ${target.network}` : `${target.what} ${target.camera}`;
}
