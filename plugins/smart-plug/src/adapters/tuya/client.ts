import type { PlugConfigOf } from '@porchlight/config-schemas';
import { describeError } from '@porchlight/core';
import type { Socket } from 'node:net';
import type TuyaDevice from 'tuyapi';
import type { Reading } from '../../domain/reading.ts';
import { libraryMissing, notUnderstood, refused, unanswered, unreachable } from '../../errors.ts';
import type { PlugPort } from '../../ports.ts';
import { toFigures } from './map.ts';
import { pointsSchema } from './schema.ts';

type Points = Record<string, boolean | number>;

const timeoutMs = 8_000;
const maxCauseLength = 60;

/** Tuya plugs over the local network, without the cloud. They talk to one at a time: close the phone's app. */
export function openTuya(config: PlugConfigOf<'tuya'>): PlugPort {
  const { name, switchPoint, countdownPoint } = config;
  const on = String(switchPoint);
  const countdown = String(countdownPoint);
  return {
    // Whether switching by the same message ends the countdown is proven by the test only.
    grade: 'B',
    identity: { manufacturer: 'Tuya' },
    async read(signal): Promise<Reading> {
      const answer = pointsSchema.safeParse(await talk(config, signal, (device) => device.get({ schema: true })));
      if (!answer.success) throw notUnderstood(name, answer.error.issues[0]);
      const value = answer.data.dps[on];
      if (typeof value !== 'boolean') throw refused(name, `its data point ${on} is no switch`);
      return { on: value, ...toFigures(answer.data.dps) };
    },
    // A countdown that still runs would turn it over again.
    switch: (wanted, signal) => set(config, { [on]: wanted, [countdown]: 0 }, signal),
    cut: (offSeconds, signal) => set(config, { [on]: false, [countdown]: Math.ceil(offSeconds) }, signal),
    async close() {
      // Every request has a connection of its own.
    },
  };
}

async function set(config: PlugConfigOf<'tuya'>, data: Points, signal: AbortSignal): Promise<void> {
  await talk(config, signal, (device) => device.set({ multiple: true, data }));
}

/** Connects, does one thing, hangs up: a plug serves one client, and others want to reach it too. */
async function talk(
  config: PlugConfigOf<'tuya'>,
  signal: AbortSignal,
  act: (device: TuyaDevice) => Promise<unknown>,
): Promise<unknown> {
  const { name } = config;
  const device = await makeDevice(config);
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const { promise: failed, reject } = Promise.withResolvers<never>();
  failed.catch(() => undefined);
  let isConnected = false;
  const toError = (cause: unknown): Error => (isConnected ? unanswered : unreachable)(name, shorten(cause));
  const fail = (cause: unknown): void => reject(toError(cause));
  const onAbort = (): void => fail(deadline.reason);
  deadline.addEventListener('abort', onAbort, { once: true });
  device.on('error', fail);
  device.on('disconnected', () => fail(new Error('it hung up')));
  const attempt = async (): Promise<unknown> => {
    try {
      await device.connect();
      isConnected = true;
      return await act(device);
    } catch (cause) {
      throw toError(cause);
    }
  };
  try {
    const done = attempt();
    done.catch(() => undefined);
    return await Promise.race([done, failed]);
  } finally {
    deadline.removeEventListener('abort', onAbort);
    device.disconnect();
    // The library does not close what is still connecting, and would go on with it later.
    (device as TuyaDevice & { client?: Socket }).client?.destroy();
  }
}

/** The library puts whole messages from the wire into its errors. */
function shorten(cause: unknown): Error {
  return new Error(describeError(cause).slice(0, maxCauseLength));
}

async function makeDevice({
  name,
  host,
  port,
  deviceId,
  localKey,
  version,
}: PlugConfigOf<'tuya'>): Promise<TuyaDevice> {
  const library = await import('tuyapi').catch((cause: unknown) => {
    throw libraryMissing(name, 'tuyapi', cause);
  });
  const quiet = { issueGetOnConnect: false, issueRefreshOnConnect: false, issueRefreshOnPing: false };
  const Device = library.default;
  return new Device({ ip: host, port, id: deviceId, key: localKey, version, ...quiet });
}
