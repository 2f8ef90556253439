import type { DeviceEvent } from '@porchlight/core';

/** `3 motions within 2 minutes: Front door, Garden`. */
export function describeRing(events: readonly DeviceEvent[], rule: { name: string; windowMs: number }): string {
  const names = [...new Set(events.map(({ name }) => name))];
  const what = events.length === 1 ? '1 event' : `${events.length} events`;
  const within = events.length === 1 ? '' : ` within ${describeMinutes(rule.windowMs)}`;
  const prefix = rule.name ? `${rule.name}: ` : '';
  return `${prefix}${what}${within} (${names.join(', ')})`;
}

function describeMinutes(ms: number): string {
  const minutes = Math.round(ms / 6_000) / 10;
  return minutes === 1 ? 'a minute' : `${minutes} minutes`;
}

/** One line per counted event, with the time of day in the given zone. */
export function listEvents(events: readonly DeviceEvent[], formatTime: (at: number) => string): string {
  return events
    .map(({ name, label, occurredAt }) => `${formatTime(occurredAt)} ${name}${label ? ` (${label})` : ''}`)
    .join('\n');
}
