import { expandAddonOptions } from '@porchlight/config-schemas';
import { describeError, retry, type Log } from '@porchlight/core';
import { systemClock } from '@porchlight/core/node';
import { readMqttService, type MqttService } from '@porchlight/home-assistant';
import { join } from 'node:path';
import * as z from 'zod';
import { buildHouse, parseHouse, readJson, type House } from './config-folder.ts';
import { createConsoleLog } from './console-log.ts';

const backoff = { firstMs: 2_000, maxMs: 30_000 };

/**
 * The house of the Home Assistant add-on: its options are the configuration; its broker is Home Assistant's, unless one
 * is named. Waits for that broker, which may start later than we do.
 */
export async function openAddon(
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<{ house: House; stateFolder: string; log: Log }> {
  const folder = env['PORCHLIGHT_ADDON_DATA'] ?? '/data';
  const log = createConsoleLog({ env });
  const source = 'The options of the add-on';
  const options = z.record(z.string(), z.unknown()).parse(await readJson(join(folder, 'options.json')));
  const house = parseHouse(expandAddonOptions(options), source);
  const token = env['SUPERVISOR_TOKEN'];
  const isOwn = Boolean(house.broker['url'] ?? env['PORCHLIGHT_BROKER_URL']);
  const found = isOwn || token === undefined ? {} : await findBroker(token, { env, log, signal });
  const built = buildHouse({ ...house, broker: { ...house.broker, ...found } }, env, source);
  return { house: built, stateFolder: join(folder, 'state'), log };
}

function findBroker(
  token: string,
  { env, log, signal }: { env: NodeJS.ProcessEnv; log: Log; signal: AbortSignal },
): Promise<MqttService> {
  let said = '';
  const onRetry = (error: unknown): void => {
    const problem = describeError(error);
    if (problem !== said) log.warn(`${problem} Waiting for it.`);
    said = problem;
  };
  const attempt = () => readMqttService(token, env['PORCHLIGHT_SUPERVISOR_URL']);
  return retry({ ...backoff, attempts: Infinity, clock: systemClock, signal, onRetry }, attempt);
}
