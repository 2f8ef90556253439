import type { EventAlarmConfig } from '@porchlight/config-schemas';
import { describeError, retry, type Bus, type Clock, type Log } from '@porchlight/core';

type Message = EventAlarmConfig['publish'][number];
type Occasion = Message['on'];

const order = { firstMs: 1_000, maxMs: 30_000, attempts: Number.POSITIVE_INFINITY };
/** What an occasion undoes: a siren must not be told to go on after it was told to go off. */
const opposites = { triggered: 'cleared', cleared: 'triggered', armed: 'disarmed', disarmed: 'armed' } as const;

export interface PublisherParts {
  bus: Bus;
  clock: Clock;
  log: Log;
  signal: AbortSignal;
  onProblem: (topic: string, problem: string | undefined) => void;
}

/** Publishes the owner's own messages; each for itself, repeated until the broker has it or its occasion is past. */
export function createPublisher(messages: readonly Message[], parts: PublisherParts): (when: Occasion) => void {
  const { bus, clock, log, signal, onProblem } = parts;
  const publish = async ({ topic, payload, retain }: Message, until: AbortSignal): Promise<void> => {
    let isSaid = false;
    const complain = (error: unknown): void => {
      if (!isSaid) log.warn(`The message to ${topic} could not be published: ${describeError(error)}`);
      isSaid = true;
      onProblem(topic, `The message to ${topic} could not be published.`);
    };
    try {
      await retry({ ...order, clock, signal: until, onRetry: complain }, () =>
        bus.foreign.publish(topic, payload, { retain }),
      );
      onProblem(topic, undefined);
    } catch (error) {
      if (signal.aborted) return;
      if (until.aborted) onProblem(topic, undefined);
      else complain(error);
    }
  };
  const pending: Partial<Record<Occasion, AbortController>> = {};
  return (when) => {
    for (const occasion of [when, opposites[when]]) pending[occasion]?.abort();
    const past = new AbortController();
    pending[when] = past;
    const until = AbortSignal.any([signal, past.signal]);
    for (const message of messages) if (message.on === when) void publish(message, until);
  };
}
