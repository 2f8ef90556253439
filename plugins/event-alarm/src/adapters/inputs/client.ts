import { createRateLimitedLog, type Bus, type Clock, type ForeignMessage, type Log } from '@porchlight/core';
import { Beginnings } from '../../domain/beginnings.ts';
import { readMessage, usualTopics, type InputRule } from '../../domain/foreign-inputs.ts';
import type { Inputs } from '../../ports.ts';
import { foreignService, toEvent } from './map.ts';
import { payloadSchema } from './schema.ts';

export interface ForeignInput extends InputRule {
  topic?: string;
}

const decoder = new TextDecoder('utf-8', { fatal: true });
/** Where a message may be a mere pulse. */
const pulsing: ReadonlySet<string> = new Set(['camera', 'custom']);

/** Listens to other systems on the broker and turns the beginnings of their motions into events. */
export function createInputs(inputs: readonly ForeignInput[], parts: { bus: Bus; clock: Clock; log: Log }): Inputs {
  const { bus, clock, log } = parts;
  const complain = createRateLimitedLog(log, clock, 60_000);
  const beginnings = new Beginnings();
  let unsubscribe: (() => void)[] = [];
  return {
    start(onEvent) {
      const receive = (input: ForeignInput, { topic, payload, retained }: ForeignMessage): void => {
        const parsed = decode(payload);
        if (!parsed.ok) return complain(topic, `A message on ${topic.slice(0, 120)} is no text; it is ignored.`);
        const service = foreignService[input.preset] ?? 'mqtt';
        const mayPulse = pulsing.has(input.preset);
        for (const reading of readMessage(input, topic, parsed.value)) {
          const key = `${service}/${reading.sighting.id ?? reading.sighting.device}`;
          if (!reading.isActive) {
            beginnings.end(key, mayPulse);
            continue;
          }
          const begins = beginnings.begin(key, clock.monotonic(), mayPulse);
          // What is retained was true at some time; only a change that we see is a motion now.
          if (begins && !retained) onEvent(toEvent(service, reading, clock.now()));
        }
      };
      const stops = inputs.flatMap((input) => {
        const filter = input.topic ?? usualTopics[input.preset];
        return filter === undefined ? [] : [bus.foreign.subscribe(filter, (message) => receive(input, message))];
      });
      unsubscribe = [...stops, bus.onConnection((isConnected) => void (isConnected || beginnings.forget()))];
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
