import type { EventAlarmConfig } from '@porchlight/config-schemas';
import { describeError, retry, type Bus, type Clock, type Log } from '@porchlight/core';

type Message = EventAlarmConfig['publish'][number];

const order = { firstMs: 1_000, maxMs: 30_000, attempts: 5 };

export interface PublisherParts {
  bus: Bus;
  clock: Clock;
  log: Log;
  signal: AbortSignal;
  onProblem: (topic: string, problem: string | undefined) => void;
}

/** Publishes the owner's own messages; each for itself, repeated until the broker has it. */
export function createPublisher(messages: readonly Message[], parts: PublisherParts): (when: Message['on']) => void {
  const { bus, clock, log, signal, onProblem } = parts;
  const publish = async ({ topic, payload, retain }: Message): Promise<void> => {
    try {
      await retry({ ...order, clock, signal }, () => bus.foreign.publish(topic, payload, { retain }));
      onProblem(topic, undefined);
    } catch (error) {
      if (signal.aborted) return;
      log.warn(`The message to ${topic} could not be published: ${describeError(error)}`);
      onProblem(topic, `The message to ${topic} could not be published.`);
    }
  };
  return (when) => {
    for (const message of messages) if (message.on === when) void publish(message);
  };
}
