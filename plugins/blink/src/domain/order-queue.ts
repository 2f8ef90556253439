/** Something that a sync module shall do. A later order with the same `key` replaces an earlier one that still waits. */
export interface Order {
  id: number;
  key: string;
}

export interface RunningOrder<O extends Order> {
  order: O;
  since: number;
  /** Questions or tries so far. */
  tries: number;
  /** The cloud's number for it, once it was accepted. */
  command?: string;
}

export interface OrderQueue<O extends Order> {
  waiting: readonly O[];
  running?: RunningOrder<O>;
}

export type OrderInput<O extends Order> =
  | { type: 'ask'; order: O }
  /** Accepted; without a number it is done already. */
  | { type: 'accepted'; command?: string }
  | { type: 'busy' }
  | { type: 'pending' }
  | { type: 'done' }
  | { type: 'failed'; reason: string }
  /** A wait has passed. */
  | { type: 'woke' };

export type OrderEffect<O extends Order> =
  | { type: 'send'; order: O }
  | { type: 'poll'; order: O; command: string }
  | { type: 'wait'; ms: number }
  | { type: 'settled'; order: O; problem?: string }
  /** It never ran because a later one wants something else. */
  | { type: 'replaced'; order: O; by: O };

const busyFirstMs = 1000;
const busyMaxMs = 10_000;
const pollMs = 1500;
/** So long a busy module is asked again, and so long an accepted order may take, in ms. */
const patienceMs = 60_000;

/** The queue of one sync module: it carries out one order at a time and refuses a second one meanwhile. */
export function stepOrders<O extends Order>(
  queue: OrderQueue<O>,
  input: OrderInput<O>,
  now: number,
): { queue: OrderQueue<O>; effects: OrderEffect<O>[] } {
  if (input.type === 'ask') return ask(queue, input.order, now);
  const { running } = queue;
  if (!running) return { queue, effects: [] };
  const isLate = now - running.since >= patienceMs;
  switch (input.type) {
    case 'accepted': {
      if (input.command === undefined) return settle(queue, now);
      return wait(queue, { order: running.order, since: now, tries: 0, command: input.command }, pollMs);
    }
    case 'busy': {
      if (isLate) return settle(queue, now, 'the sync module stays busy');
      const ms = Math.min(busyMaxMs, busyFirstMs * 2 ** Math.min(running.tries, 10));
      return wait(queue, { ...running, tries: running.tries + 1 }, ms);
    }
    case 'pending':
      if (isLate) return settle(queue, now, 'the sync module does not finish it');
      return wait(queue, { ...running, tries: running.tries + 1 }, pollMs);
    case 'done':
      return settle(queue, now);
    case 'failed':
      return settle(queue, now, input.reason);
    case 'woke': {
      const { order, command } = running;
      return { queue, effects: [command === undefined ? { type: 'send', order } : { type: 'poll', order, command }] };
    }
  }
}

function ask<O extends Order>(queue: OrderQueue<O>, order: O, now: number): ReturnType<typeof stepOrders<O>> {
  const replaced = queue.waiting.filter(({ key }) => key === order.key);
  const effects: OrderEffect<O>[] = replaced.map((old) => ({ type: 'replaced', order: old, by: order }));
  const waiting = [...queue.waiting.filter(({ key }) => key !== order.key), order];
  if (queue.running) return { queue: { ...queue, waiting }, effects };
  const next = begin(waiting, now);
  return { queue: next.queue, effects: [...effects, ...next.effects] };
}

function begin<O extends Order>(waiting: readonly O[], now: number): ReturnType<typeof stepOrders<O>> {
  const [order, ...rest] = waiting;
  if (!order) return { queue: { waiting: [] }, effects: [] };
  return { queue: { waiting: rest, running: { order, since: now, tries: 0 } }, effects: [{ type: 'send', order }] };
}

function settle<O extends Order>(
  queue: OrderQueue<O>,
  now: number,
  problem?: string,
): ReturnType<typeof stepOrders<O>> {
  const next = begin(queue.waiting, now);
  if (!queue.running) return next;
  const { order } = queue.running;
  const settled: OrderEffect<O> = { type: 'settled', order, ...(problem !== undefined && { problem }) };
  return { queue: next.queue, effects: [settled, ...next.effects] };
}

function wait<O extends Order>(
  queue: OrderQueue<O>,
  running: RunningOrder<O>,
  ms: number,
): ReturnType<typeof stepOrders<O>> {
  return { queue: { ...queue, running }, effects: [{ type: 'wait', ms }] };
}
