import { afterEach } from '@jest/globals';
import { smartPlugSchema, type PlugConfig } from '@porchlight/config-schemas';
import { parseConfig, type Bus } from '@porchlight/core';
import { systemClock } from '@porchlight/core/node';
import { createFakeBus, createMemoryStorage } from '@porchlight/core/testing';
import { Relay } from '@porchlight/simulators';
import { openPlug } from '../../src/adapters/open.ts';
import type { PlugPort } from '../../src/ports.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

/** Closes it when the test is over. */
export function keep<T extends { close(): Promise<unknown> }>(thing: T): T {
  closers.push(() => thing.close());
  return thing;
}

/** A second of such a plug takes 20 ms. */
export const quickRelay = (on = true): Relay => new Relay({ on, secondMs: 20 });

/** One plug's settings as the service gets them. */
export function plugConfig(raw: object): PlugConfig {
  const parsed = parseConfig(smartPlugSchema, { plugs: [{ name: 'Router', ...raw }] });
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
  const [config] = parsed.config.plugs;
  if (!config) throw new Error('There is no plug.');
  return config;
}

/** The real driver, closed after the test. */
export function driver(raw: object, bus: Bus = createFakeBus()): PlugPort {
  return keep(openPlug(plugConfig(raw), { bus, clock: systemClock, storage: createMemoryStorage() }));
}

export const signal = (): AbortSignal => AbortSignal.timeout(8000);
