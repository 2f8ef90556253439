// requires: ffmpeg
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { Clock } from '@porchlight/core';
import { systemClock } from '@porchlight/core/node';
import { until } from '@porchlight/core/testing';
import type { Camera } from '@porchlight/simulators';
import { createFleet } from '@porchlight/simulators';
import { readdir } from 'node:fs/promises';
import { runProgram } from '../../src/program.ts';
import { argumentsFor, openPlace, type Place } from '../support/organisation.ts';

jest.setTimeout(60_000);

const hourMs = 3_600_000;

let place: Place;
/** What has passed by waiting. */
let passedMs: number;
/** What the machine's clock is ahead of the right time. */
let aheadMs: number;
let controller: AbortController;
let running: Promise<number> | undefined;
let said: string;

/** Waits of a minute and more pass as soon as the test lets them: by `pass`. */
let pass: () => void;
let onWait: (() => void) | undefined;

const now = (): number => Date.now() + passedMs;
const clock: Clock = {
  now: () => now() + aheadMs,
  monotonic: () => systemClock.monotonic() + passedMs,
  async sleep(ms, signal) {
    if (ms < 60_000) return systemClock.sleep(ms / 20, signal);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    signal?.addEventListener('abort', () => reject(new Error('aborted')), { once: true });
    pass = () => {
      passedMs += ms;
      resolve();
    };
    onWait?.();
    return promise;
  },
};

beforeEach(async () => {
  passedMs = 0;
  aheadMs = 0;
  said = '';
  running = undefined;
  controller = new AbortController();
  place = await openPlace({ organisation: createFleet(Math.floor(now() / 1000), { cameras: 1 }), now });
});
afterEach(async () => {
  controller.abort(new Error('interrupted'));
  await running;
  await place.close();
});

const camera = (): Camera => place.rhombus.cameras[0]!;
const films = async (): Promise<string[]> => (await readdir(place.folder)).filter((name) => name.endsWith('.mp4'));

/** Starts the command and resolves when it waits for the first time. */
async function stay(...words: string[]): Promise<void> {
  const parts = {
    out: (text: string) => void (said += text),
    err: (text: string) => void (said += text),
    columns: undefined,
  };
  const env = { RHOMBUS_API_KEY: 'simulated-api-token' };
  const waiting = nextWait();
  running = runProgram(argumentsFor(place, words), { ...parts, env, clock, signal: controller.signal });
  await waiting;
}

function nextWait(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  onWait = resolve;
  return promise;
}

/** Lets the wait pass, and resolves when it waits again. */
async function goOn(): Promise<void> {
  const waiting = nextWait();
  pass();
  await waiting;
}

test('--watch comes back to an alert whose camera was away for hours', async () => {
  place.rhombus.scenario.setOnline(camera().uuid, false);
  await place.rhombus.scenario.raiseAlert({ deviceUuid: camera().uuid, timestampMs: now() - 300_000, durationSec: 2 });
  await stay('--watch', '--interval', '10m', '-ab', '1');
  for (let look = 0; look < 30; look += 1) await goOn();
  expect(await films()).toEqual([]);
  expect(said.match(/the camera is offline/g)?.length).toBeLessThan(8);
  place.rhombus.scenario.setOnline(camera().uuid, true);
  for (let look = 0; look < 7; look += 1) await goOn();
  expect(await films()).toHaveLength(1);
});

test('--watch copies what came while nobody watched', async () => {
  await place.rhombus.scenario.raiseAlert({
    deviceUuid: camera().uuid,
    timestampMs: now() - 10 * hourMs,
    durationSec: 2,
  });
  await stay('--watch', '--interval', '10m', '-ab', '1');
  expect(await films()).toHaveLength(1);
});

test('--watch goes on when the clock of this machine was days ahead and is set right', async () => {
  aheadMs = 72 * hourMs;
  await stay('--watch', '--interval', '10m', '-ab', '1');
  aheadMs = 0;
  await place.rhombus.scenario.raiseAlert({ deviceUuid: camera().uuid, timestampMs: now() - 300_000, durationSec: 2 });
  await goOn();
  expect(await films()).toHaveLength(1);
});

test('--schedule makes up for the times at which Rhombus could not be reached', async () => {
  await stay('--schedule', '1h', '-u', '4');
  place.rhombus.faults.add({ match: '/api/', trouble: { type: 'status', status: 503 } });
  for (let hour = 0; hour < 3; hour += 1) await goOn();
  expect(await films()).toEqual([]);
  place.rhombus.faults.clear();
  await goOn();
  await until(async () => (await films()).length === 4);
});

test('--schedule completes a film when its camera is back', async () => {
  await stay('--schedule', '1h', '-u', '4');
  place.rhombus.scenario.setOnline(camera().uuid, false);
  await goOn();
  place.rhombus.scenario.setOnline(camera().uuid, true);
  await goOn();
  expect(await films()).toHaveLength(2);
  await goOn();
  expect(await films()).toHaveLength(3);
});

test('--schedule leaves out no time that has come while it was still copying', async () => {
  await stay('--schedule', '1h', '-u', '4');
  pass();
  passedMs += 3 * hourMs;
  await until(async () => (await films()).length === 4);
});
