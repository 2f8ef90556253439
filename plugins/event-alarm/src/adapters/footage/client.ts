import type { EventAlarmConfig } from '@porchlight/config-schemas';
import { describeError, retry, toIso, type ServiceContext } from '@porchlight/core';
import type { Incident } from '../../domain/alarm.ts';

const order = { firstMs: 1_000, maxMs: 30_000, attempts: Number.POSITIVE_INFINITY };
/** What was counted longer ago does not belong to the scene, milliseconds. */
const sceneMs = 600_000;

/** Asks the footage service for the films of an alarm; asked again until the broker has it. */
export function createFootageRequest(
  { footage, broker }: Pick<EventAlarmConfig, 'footage' | 'broker'>,
  { bus, clock, log, signal }: Pick<ServiceContext, 'bus' | 'clock' | 'log' | 'signal'>,
): (incident: Incident, now: number) => void {
  const topic = `${broker.root}/footage/films/copy/request`;
  return (incident, now) => {
    const request = footage === 'none' ? undefined : requestFor(footage, incident, now);
    if (!request) return;
    let isSaid = false;
    const complain = (error: unknown): void => {
      if (!isSaid) log.warn(`The footage of the alarm could not be asked for yet: ${describeError(error)}`);
      isSaid = true;
    };
    retry({ ...order, clock, signal, onRetry: complain }, () =>
      bus.foreign.publish(topic, JSON.stringify(request)),
    ).catch((error: unknown) => {
      if (!signal.aborted) complain(error);
    });
  };
}

/** From the first event that was counted to now; undefined when no camera of Rhombus was counted. */
function requestFor(which: 'counted' | 'all', { id, events }: Incident, now: number): object | undefined {
  const seen = events.filter(({ service }) => service === 'rhombus');
  if (which === 'counted' && seen.length === 0) return undefined;
  const cameras = [...new Set(seen.map(({ service, device }) => `${service}/${device}`))];
  const first = Math.min(now, ...events.map(({ occurredAt }) => occurredAt));
  const at = Math.max(first, now - sceneMs);
  return { id: `alarm-${id}`, at: toIso(at), until: toIso(now), ...(which === 'counted' && { cameras }) };
}
