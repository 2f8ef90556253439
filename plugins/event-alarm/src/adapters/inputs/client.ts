import { createRateLimitedLog, type Bus, type Clock, type ForeignMessage, type Log } from '@porchlight/core';
import { readMessage, usualTopics, type InputRule } from '../../domain/foreign-inputs.ts';
import type { Inputs } from '../../ports.ts';
import { foreignService, toEvent } from './map.ts';
import { payloadSchema } from './schema.ts';

export interface ForeignInput extends InputRule {
  topic?: string;
}

const decoder = new TextDecoder('utf-8', { fatal: true });
/** Sensors whose last state is remembered; a flood of invented names starts anew. */
const maxSensors = 4096;

/** Listens to other systems on the broker and turns the beginnings of their motions into events. */
export function createInputs(inputs: readonly ForeignInput[], parts: { bus: Bus; clock: Clock; log: Log }): Inputs {
  const { bus, clock, log } = parts;
  const complain = createRateLimitedLog(log, clock, 60_000);
  const active = new Set<string>();
  let unsubscribe: (() => void)[] = [];
  return {
    start(onEvent) {
      const receive = (input: ForeignInput, { topic, payload, retained }: ForeignMessage): void => {
        const parsed = decode(payload);
        if (!parsed.ok) return complain(topic, `A message on ${topic.slice(0, 120)} is no text; it is ignored.`);
        const service = foreignService[input.preset] ?? 'mqtt';
        for (const reading of readMessage(input, topic, parsed.value)) {
          const key = `${service}/${reading.sighting.id ?? reading.sighting.device}`;
          const wasActive = active.has(key);
          if (!reading.isActive) active.delete(key);
          else if (active.size < maxSensors) active.add(key);
          else active.clear();
          // What is retained was true at some time; only a change that we see is a motion now.
          if (reading.isActive && !wasActive && !retained) onEvent(toEvent(service, reading, clock.now()));
        }
      };
      unsubscribe = inputs.flatMap((input) => {
        const filter = input.topic ?? usualTopics[input.preset];
        return filter === undefined ? [] : [bus.foreign.subscribe(filter, (message) => receive(input, message))];
      });
    },
    stop() {
      for (const stop of unsubscribe) stop();
    },
  };
}

function decode(payload: Uint8Array): { ok: true; value: unknown } | { ok: false } {
  try {
    return { ok: true, value: payloadSchema.parse(decoder.decode(payload)) };
  } catch {
    return { ok: false };
  }
}
