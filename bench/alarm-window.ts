import type { DeviceEvent } from '@porchlight/core';
import { EventCounter, type CountingRule } from '../plugins/event-alarm/src/domain/event-counter.ts';
import { percentile } from './support/figures.ts';

export interface WindowFigures {
  /** Through three rules, ids de-duplicated, one event in ten late, after 10 million past events. */
  eventsPerSecond: number;
  /** The origin's way: the whole list of the last minutes is counted anew for every event. */
  naiveEventsPerSecond: number;
  /** Events per second after 10 million past events, divided by those after 10 thousand. */
  flatness: number;
}

const startAt = 1_767_225_600_000;
/** Milliseconds between two events: about a thousand of them lie in a window of two minutes. */
const stepMs = 100;
/** Small enough to stay in the processor's cache, as an event does that has just been received. */
const batch = 1_000;
const measuredEvents = 400 * batch;
const devices = Array.from({ length: 5 }, (_, index) => `camera-${index}`);

const sources = { services: [], devices: [], labels: [], types: ['motion'] };
const rules: CountingRule[] = [
  { name: 'default', windowMs: 120_000, threshold: 1_500, minDistinctDevices: 1, sources },
  { name: 'two devices', windowMs: 60_000, threshold: 1_500, minDistinctDevices: 2, sources },
  {
    name: 'garden',
    windowMs: 120_000,
    threshold: 1_500,
    minDistinctDevices: 1,
    sources: { ...sources, devices: ['blink/camera-3'] },
  },
];

/** Made beforehand, so that making them is not measured. */
function makeEvents(first: number, count: number): { event: DeviceEvent; now: number }[] {
  return Array.from({ length: count }, (_, index) => {
    const number = first + index;
    const now = startAt + number * stepMs;
    const occurredAt = number % 10 === 0 ? now - 30_000 : now;
    const device = devices[number % devices.length] ?? '';
    const event = {
      // Parsed, because an id that was just put together is no plain string inside yet.
      id: JSON.parse(`"blink-${number}"`) as string,
      type: 'motion',
      service: 'blink',
      device,
      name: device,
      occurredAt,
      observedAt: now,
    };
    return { event, now };
  });
}

function measure(
  counter: { add(event: DeviceEvent, now: number): unknown },
  events: ReturnType<typeof makeEvents>,
): number {
  const startedAt = performance.now();
  for (const { event, now } of events) counter.add(event, now);
  return (events.length / (performance.now() - startedAt)) * 1000;
}

function createNaiveCounter() {
  let list: DeviceEvent[] = [];
  return {
    add(event: DeviceEvent, now: number): boolean {
      list = [...list.filter(({ id, occurredAt }) => id !== event.id && occurredAt >= now - 180_000), event];
      return rules.some(
        ({ windowMs, threshold }) =>
          list.filter(({ occurredAt }) => occurredAt >= now - windowMs && occurredAt <= now).length >= threshold,
      );
    },
  };
}

/** Events per second through the whole rule, the median of batches, after ten thousand and after ten million events. */
export function benchWindow(): WindowFigures {
  const counter = new EventCounter({ rules, receiveMs: 180_000, lateMs: 60_000 });
  const [early, late]: [number[], number[]] = [[], []];
  measure(counter, makeEvents(0, 10_000));
  for (let first = 10_000; first < 10_000_000 + measuredEvents; first += batch) {
    const speed = measure(counter, makeEvents(first, batch));
    if (first < 10_000 + measuredEvents) early.push(speed);
    if (first >= 10_000_000) late.push(speed);
  }
  const naive = createNaiveCounter();
  measure(naive, makeEvents(0, 2_000));
  return {
    eventsPerSecond: Math.round(percentile(late, 0.5)),
    naiveEventsPerSecond: Math.round(measure(naive, makeEvents(2_000, 3_000))),
    flatness: Number((percentile(late, 0.5) / percentile(early, 0.5)).toFixed(3)),
  };
}

if (import.meta.main) console.log(JSON.stringify(benchWindow()));
