import type { Clock } from '@porchlight/core';
import { systemClock } from '@porchlight/core/node';

/** How many times faster than outside the time of the tests with several processes goes. */
export const speed = 30;

/** A clock that goes `speed` times as fast since `baseMs`, epoch milliseconds; the same in every process. */
export function createScaledClock(baseMs: number): Clock {
  return {
    now: () => Math.floor(baseMs + (systemClock.now() - baseMs) * speed),
    monotonic: () => systemClock.monotonic() * speed,
    sleep: (ms, signal) => systemClock.sleep(ms / speed, signal),
  };
}

/** Gives the database the same time: its functions look for `clock_timestamp` here first. */
export function scaledTimeSql(baseMs: number): string {
  const base = baseMs / 1000;
  const seconds = `${base} + (extract(epoch FROM pg_catalog.clock_timestamp()) - ${base}) * ${speed}`;
  return `CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS 'SELECT to_timestamp(${seconds})';
    ALTER DATABASE postgres SET search_path = public, pg_catalog;`;
}
