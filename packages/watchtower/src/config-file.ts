import { describeError, errorCode, parseConfig, PorchlightError, type Log } from '@porchlight/core';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { watchtowerSchema, type WatchtowerConfig } from './config.ts';

/** Secrets that may come from the environment, each also as `…_FILE`, and where they stand in the file. */
const variables: readonly [name: string, path: readonly string[]][] = [
  ['PORCHLIGHT_WATCHTOWER_PAGE_PASSWORD', ['page', 'password']],
  ['PORCHLIGHT_WATCHTOWER_METRICS_TOKEN', ['metrics', 'token']],
  ['PORCHLIGHT_WATCHTOWER_MQTT_PASSWORD', ['mqtt', 'password']],
  ['PORCHLIGHT_WATCHTOWER_DATABASE_URL', ['database', 'url']],
];

interface ConfigFile {
  path: string;
  env: NodeJS.ProcessEnv;
  log: Log;
}

/**
 * Reads `watchtower.json`; paths in it are relative to its folder. Rejects with `config.unreadable` or, naming every problem
 * and its remedy, `config.invalid`.
 */
export async function readConfig({ path, env, log }: ConfigFile): Promise<WatchtowerConfig> {
  const raw = await readJson(path);
  for (const [name, keys] of variables) {
    const value = await readVariable(name, env);
    if (value !== undefined) place(raw, keys, value);
  }
  const result = parseConfig(watchtowerSchema, raw);
  for (const warning of result.warnings) log.warn(`${path}: ${warning}`);
  if (!result.ok) {
    const problems = result.problems.map((problem) => `${path}: ${problem}`).join('\n');
    throw new PorchlightError('config.invalid', problems, { retry: 'after-user' });
  }
  return resolvePaths(result.config, dirname(resolve(path)));
}

function resolvePaths(config: WatchtowerConfig, folder: string): WatchtowerConfig {
  const { tls, database, mqtt } = config;
  return {
    ...config,
    ...(tls && { tls: { certFile: resolve(folder, tls.certFile), keyFile: resolve(folder, tls.keyFile) } }),
    ...(database.kind === 'sqlite' && { database: { ...database, file: resolve(folder, database.file) } }),
    ...(mqtt?.caFile !== undefined && { mqtt: { ...mqtt, caFile: resolve(folder, mqtt.caFile) } }),
  };
}

type Group = Record<string, unknown>;

async function readJson(path: string): Promise<Group> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (isGroup(value)) return value;
    throw new Error('it must be a group { … }');
  } catch (error) {
    const what = errorCode(error) === 'ENOENT' ? `There is no ${path}; write one, {} is enough.` : describeError(error);
    throw new PorchlightError('config.unreadable', `${path}: ${what}`, { retry: 'after-user' });
  }
}

async function readVariable(name: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const file = env[`${name}_FILE`];
  if (env[name] !== undefined || file === undefined) return env[name];
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (cause) {
    throw new PorchlightError('config.unreadable', `${name}_FILE cannot be read`, { cause, retry: 'after-user' });
  }
}

function place(raw: Group, [key = '', ...rest]: readonly string[], value: string): void {
  const inner = raw[key];
  if (rest.length === 0) raw[key] = value;
  else place((raw[key] = isGroup(inner) ? inner : {}), rest, value);
}

function isGroup(value: unknown): value is Group {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
