import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { stepOrders, type Order, type OrderEffect, type OrderQueue } from '../../src/domain/order-queue.ts';

const order = (id: number, key = `k${id}`): Order => ({ id, key });
const empty: OrderQueue<Order> = { waiting: [] };

function play(...inputs: [Parameters<typeof stepOrders<Order>>[1], number][]): {
  queue: OrderQueue<Order>;
  effects: OrderEffect<Order>[];
} {
  let queue = empty;
  let effects: OrderEffect<Order>[] = [];
  for (const [input, now] of inputs) ({ queue, effects } = stepOrders(queue, input, now));
  return { queue, effects };
}

const ask = (id: number, key?: string): { type: 'ask'; order: Order } => ({ type: 'ask', order: order(id, key) });

test('sends the first at once, the second when the first has ended', () => {
  expect(play([ask(1), 0]).effects).toEqual([{ type: 'send', order: order(1) }]);
  expect(play([ask(1), 0], [ask(2), 1]).effects).toEqual([]);
  const accepted = play([ask(1), 0], [ask(2), 1], [{ type: 'accepted', command: '9' }, 2]);
  expect(accepted.effects).toEqual([{ type: 'wait', ms: 1500 }]);
  const polled = stepOrders(accepted.queue, { type: 'woke' }, 1502);
  expect(polled.effects).toEqual([{ type: 'poll', order: order(1), command: '9' }]);
  expect(stepOrders(polled.queue, { type: 'done' }, 1600).effects).toEqual([
    { type: 'settled', order: order(1) },
    { type: 'send', order: order(2) },
  ]);
});

test('an order that waits is replaced by a later one of the same kind', () => {
  expect(play([ask(1), 0], [ask(2, 'a'), 1], [ask(3, 'a'), 2]).effects).toEqual([
    { type: 'replaced', order: order(2, 'a'), by: order(3, 'a') },
  ]);
});

test('one that is accepted without a number is done', () => {
  expect(play([ask(1), 0], [{ type: 'accepted' }, 1]).effects).toEqual([{ type: 'settled', order: order(1) }]);
});

test('a busy module is asked again after 1, 2, 4, 8, 10 s, for a minute', () => {
  let { queue } = play([ask(1), 0]);
  const waits: number[] = [];
  let now = 0;
  for (;;) {
    const [effect] = stepOrders(queue, { type: 'busy' }, now).effects;
    queue = stepOrders(queue, { type: 'busy' }, now).queue;
    if (effect?.type !== 'wait') break;
    waits.push(effect.ms);
    now += effect.ms;
    expect(stepOrders(queue, { type: 'woke' }, now).effects).toEqual([{ type: 'send', order: order(1) }]);
  }
  expect(waits.slice(0, 5)).toEqual([1000, 2000, 4000, 8000, 10_000]);
  expect(now).toBeGreaterThanOrEqual(60_000);
  expect(queue.running).toBeUndefined();
});

test('an order that never ends is given up after a minute', () => {
  const { queue } = play([ask(1), 0], [{ type: 'accepted', command: '9' }, 0]);
  expect(stepOrders(queue, { type: 'pending' }, 59_999).effects).toEqual([{ type: 'wait', ms: 1500 }]);
  const problem = 'the sync module does not finish it';
  expect(stepOrders(queue, { type: 'pending' }, 60_000).effects).toEqual([
    { type: 'settled', order: order(1), problem },
  ]);
  expect(stepOrders(queue, { type: 'failed', reason: 'no' }, 5).effects).toMatchObject([{ problem: 'no' }]);
});

test('without an order nothing that comes in matters', () => {
  for (const type of ['busy', 'pending', 'done', 'woke', 'accepted'] as const) {
    expect(stepOrders(empty, { type }, 0)).toEqual({ queue: empty, effects: [] });
  }
});

/** Plays a module: the naive model is a list of what was asked, the last of each key wins while it waits. */
test('every order is settled or replaced exactly once, and never two run at a time', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 30 }),
      fc.infiniteStream(fc.constantFrom('accepted', 'busy', 'pending', 'done', 'failed')),
      (keys, answers) => {
        let queue: OrderQueue<Order> = empty;
        const ended: number[] = [];
        let sent = 0;
        let ongoing = 0;
        let now = 0;
        const todo: OrderEffect<Order>[] = [];
        const take = (input: Parameters<typeof stepOrders<Order>>[1]): void => {
          const step = stepOrders(queue, input, now);
          queue = step.queue;
          for (const effect of step.effects) {
            if (effect.type === 'settled' || effect.type === 'replaced') ended.push(effect.order.id);
            if (effect.type === 'settled') ongoing = 0;
            if (effect.type !== 'settled' && effect.type !== 'replaced') todo.push(effect);
          }
        };
        keys.forEach((key, index) => take(ask(index, `k${key}`)));
        for (let turn = 0; turn < 3000 && todo.length > 0; turn += 1) {
          expect(todo).toHaveLength(1);
          const effect = todo.pop();
          if (effect?.type === 'wait') {
            now += effect.ms;
            take({ type: 'woke' });
            continue;
          }
          if (effect?.type === 'send' && ongoing !== effect.order.id + 1) {
            expect(ongoing).toBe(0);
            ongoing = effect.order.id + 1;
            sent += 1;
          }
          const answer = answers.next().value;
          const isPoll = effect?.type === 'poll';
          if (isPoll && (answer === 'pending' || answer === 'done')) take({ type: answer });
          else if (!isPoll && answer === 'accepted') take({ type: 'accepted', command: '1' });
          else if (!isPoll && answer === 'busy') take({ type: 'busy' });
          else take({ type: 'failed', reason: 'x' });
        }
        expect(ended.toSorted((a, b) => a - b)).toEqual(keys.map((_, index) => index));
        expect(sent).toBeLessThanOrEqual(keys.length);
        expect(queue).toEqual({ waiting: [] });
      },
    ),
  );
});
