import { blinkSchema, type BlinkConfig } from '@porchlight/config-schemas';
import { parseConfig, type DeviceEvent, type Service } from '@porchlight/core';
import { buildContext, type FakeContext } from '@porchlight/core/testing';
import { startBlink, type Blink, type BlinkOptions } from '@porchlight/simulators';
import nodeFetch from 'node-fetch';
import type { Fetch } from '../../src/adapters/http/client.ts';
import { createBlink } from '../../src/service.ts';

export const owner = { email: 'owner@example.com', password: 'correct horse' };

/** A simulated account whose clock is the service's; without a PIN unless told otherwise. */
export async function startAccount(context: FakeContext, options: Partial<BlinkOptions> = {}): Promise<Blink> {
  const blink = await startBlink({ now: () => context.clock.now(), ...options });
  blink.account.twoFactor = 'none';
  return blink;
}

export function configFor(blink: Blink, raw: object = {}): BlinkConfig {
  const { api = {}, ...rest } = raw as { api?: object };
  const all = { ...owner, api: { oauthUrl: blink.url, restUrl: blink.url, timeoutSeconds: 20, ...api }, ...rest };
  const parsed = parseConfig(blinkSchema, all);
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
  return parsed.config;
}

/** Real sockets that tell how many requests are on their way, so that a fake clock can wait for them. */
export class CountingFetch {
  inFlight = 0;
  readonly fetch: Fetch = async (...args) => {
    this.inFlight += 1;
    try {
      const answer = await nodeFetch(...args);
      // The body is read by the caller; it arrives with the head, as answers are small and local.
      return answer;
    } finally {
      setImmediate(() => (this.inFlight -= 1));
    }
  };
}

export interface Running {
  context: FakeContext;
  service: Service;
  events: DeviceEvent[];
  /** Lets this much time pass, and answers arrive. */
  pass(ms: number, stepMs?: number): Promise<void>;
  /** Waits until what is on its way has arrived. */
  settle(): Promise<void>;
}

/** How long the disk and loopback sockets may take, in ms of real time. */
const patienceMs = 400;

/** The service on a fake clock with real sockets to the simulated account, not started yet. */
export function createService(blink: Blink, raw: object = {}, context = buildContext()): Running {
  const counting = new CountingFetch();
  const service = createBlink(configFor(blink, raw), context, counting.fetch);
  const events: DeviceEvent[] = [];
  service.devices.subscribe((change) => void (change.type === 'event' && events.push(change.event)));
  const settle = async (): Promise<void> => {
    let calm = 0;
    while (calm < 4) {
      await new Promise((resolve) => setImmediate(resolve));
      calm = counting.inFlight === 0 ? calm + 1 : 0;
    }
  };
  const pass = async (ms: number, stepMs = 500): Promise<void> => {
    await settle();
    for (let left = ms; left > 0; left -= stepMs) {
      await context.clock.advance(Math.min(stepMs, left));
      await settle();
    }
  };
  return { context, service, events, pass, settle };
}

/** The same, started: it knows the account, or why it does not. */
export async function startService(blink: Blink, raw: object = {}, context = buildContext()): Promise<Running> {
  const running = createService(blink, raw, context);
  const { service, settle } = running;
  const up = new AbortController();
  const started = service.start().then(() => up.abort());
  for (const since = performance.now(); !up.signal.aborted;) {
    await settle();
    // It waits for time to pass, not for an answer or the disk.
    if (performance.now() - since > patienceMs && !up.signal.aborted) await context.clock.advance(500);
  }
  await started;
  await settle();
  return running;
}

/** Makes homes for tests: an account and its service, closed by what is put on the stack. */
export function openHome(stack: (() => Promise<void>)[]) {
  return async (
    raw: object = {},
    prepare: (blink: Blink) => void = () => undefined,
  ): Promise<Running & { blink: Blink }> => {
    const context = buildContext();
    const blink = await startAccount(context);
    prepare(blink);
    stack.push(() => blink.close());
    const running = await startService(blink, raw, context);
    stack.push(() => running.service.stop());
    return { ...running, blink };
  };
}
