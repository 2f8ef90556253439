import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { startLease, stepLease, type LeaseInput, type LeaseState } from '../../src/domain/lease.ts';

const online = (owner: string): LeaseInput => ({ type: 'status', status: { state: 'online', owner } });
const offline = (owner: string): LeaseInput => ({ type: 'status', status: { state: 'offline', owner } });
const connected: LeaseInput = { type: 'connected' };
const disconnected: LeaseInput = { type: 'disconnected' };
const due: LeaseInput = { type: 'due' };

function play(inputs: LeaseInput[], me = 'me'): { state: LeaseState; effects: string[] } {
  let step = startLease();
  const effects: string[] = [];
  for (const input of inputs) {
    step = stepLease(step.state, input, me);
    effects.push(...step.effects.filter((effect) => effect.type !== 'wait').map((effect) => effect.type));
  }
  return { state: step.state, effects };
}

const serving = [connected, due, online('me'), due];

test.each<[string, LeaseInput[], string, string[]]>([
  ['claims and serves when nobody is there', serving, 'serving', ['claim', 'serve']],
  ['serves alone when there is no broker', [due], 'serving', ['serve']],
  ['stands by for a live owner', [connected, online('other'), due], 'standby', ['stand-by']],
  ['ignores a dead owner', [connected, offline('other'), due, due], 'serving', ['claim', 'serve']],
  ['takes its own place again after a crash', [connected, online('me'), due, due], 'serving', ['claim', 'serve']],
  [
    'stands down when the broker names the other of two that claimed at once',
    [connected, due, online('me'), online('other'), due],
    'standby',
    ['claim', 'stand-by'],
  ],
  [
    'keeps the claim when the other was named first',
    [connected, due, online('other'), online('me'), due],
    'serving',
    ['claim', 'serve'],
  ],
  ['keeps serving while the broker is away', [...serving, disconnected, due], 'serving', ['claim', 'serve']],
  [
    'claims again at a broker that forgot everything',
    [...serving, disconnected, connected, due],
    'serving',
    ['claim', 'serve', 'claim'],
  ],
  [
    'claims again over its own late will',
    [...serving, disconnected, connected, offline('me')],
    'serving',
    ['claim', 'serve', 'claim'],
  ],
  [
    'claims again, once, at a broker that still names it: what else that one keeps may be old',
    [...serving, disconnected, connected, online('me'), due, online('me')],
    'serving',
    ['claim', 'serve', 'claim'],
  ],
  [
    'claims once over its own will that comes before the look is over',
    [...serving, disconnected, connected, offline('me'), online('me'), due],
    'serving',
    ['claim', 'serve', 'claim'],
  ],
  [
    'stands down when it finds another owner after a separation',
    [due, connected, online('other')],
    'standby',
    ['serve', 'stand-by'],
  ],
  [
    'takes over when the owner’s will fires',
    [connected, online('other'), due, offline('other'), due, online('me'), due],
    'serving',
    ['stand-by', 'claim', 'serve'],
  ],
  [
    'leaves the owner its place when it is back in time',
    [connected, online('other'), due, offline('other'), online('other'), due],
    'standby',
    ['stand-by'],
  ],
  [
    'does not take over without a broker',
    [connected, online('other'), due, disconnected, due],
    'standby',
    ['stand-by'],
  ],
])('%s', (_name, inputs, phase, effects) => {
  const played = play(inputs);
  expect(played.state.phase).toBe(phase);
  expect(played.effects).toEqual(effects);
});

test('of any two hosts that hear the same broker, at most one serves once both have settled', () => {
  const order = fc.array(fc.constantFrom('a', 'b'), { minLength: 2, maxLength: 30 });
  fc.assert(
    fc.property(order, (turns) => {
      const hosts = new Map(['a', 'b'].map((name) => [name, startLease().state]));
      const give = (name: string, input: LeaseInput): void => {
        const step = stepLease(hosts.get(name) as LeaseState, input, name);
        hosts.set(name, step.state);
        for (const effect of step.effects) if (effect.type === 'claim') claims.push(name);
      };
      const claims: string[] = [];
      const deliver = (): void => {
        for (let name = claims.shift(); name; name = claims.shift())
          for (const host of ['a', 'b']) give(host, online(name));
      };
      for (const name of ['a', 'b']) give(name, connected);
      for (const name of turns) {
        give(name, due);
        if (turns.length % 2 === 0) deliver();
      }
      deliver();
      for (const name of ['a', 'b', 'a', 'b', 'a', 'b']) {
        give(name, due);
        deliver();
      }
      expect([...hosts.values()].filter(({ phase }) => phase === 'serving')).toHaveLength(1);
    }),
    { numRuns: 500 },
  );
});
