import {
  applyBrokerEnvironment,
  applyEnvironment,
  brokerSchema,
  forms,
  type Environment,
} from '@porchlight/config-schemas';
import { describeError, errorCode, PorchlightError } from '@porchlight/core';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import * as z from 'zod';

const houseSchema = z.object({
  /** The broker of all services; each may have its own. */
  broker: z.record(z.string(), z.unknown()).default({}),
  homeAssistant: z
    .object({ discovery: z.boolean().default(true), prefix: z.string().default('homeassistant') })
    .prefault({}),
  /** A name with nothing after it is a service with nothing set. */
  services: z
    .record(
      z.string(),
      z
        .record(z.string(), z.unknown())
        .nullable()
        .transform((config) => config ?? {}),
    )
    .default({}),
});

export type HouseConfig = z.output<typeof houseSchema>;

export interface House {
  homeAssistant: { discovery: boolean; prefix: string };
  /** The raw configuration of each service, with the common broker and the environment in it. */
  services: Map<string, Record<string, unknown>>;
  /** The brokers that the services really use, as configured, each once; the common one when there is no service. */
  brokers: Record<string, unknown>[];
  /** One sentence each; the services they do not concern run all the same. */
  problems: string[];
}

export const configFileName = 'porchlight.json';

/**
 * Reads `porchlight.json` and `.env` of a folder. Variables of the process win over those of the file. Rejects with
 * `config.unreadable` when the file is missing or no JSON.
 */
export async function readHouse(folder: string, env: NodeJS.ProcessEnv = process.env): Promise<House> {
  const path = join(folder, configFileName);
  const variables = { ...(await readEnvFile(join(folder, '.env'))), ...env };
  return buildHouse(await readJson(path), variables, path);
}

/** Checks the outer form of a house's configuration; throws `config.unreadable`, naming `source`. */
export function parseHouse(raw: unknown, source: string): HouseConfig {
  const result = houseSchema.safeParse(raw);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw unreadable(`${source}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'is not as expected'}`);
}

/** Puts broker, services and environment together. */
export function buildHouse(raw: unknown, env: NodeJS.ProcessEnv, source = 'The configuration'): House {
  const { broker: rawBroker, homeAssistant, services } = parseHouse(raw, source);
  const environment: Environment = { variables: env, readFile: (path) => readFileSync(path, 'utf8') };
  const { config: broker, problems } = applyBrokerEnvironment(rawBroker, environment);
  const house: House = { homeAssistant, brokers: [], services: new Map(), problems };
  for (const [name, config] of Object.entries(services)) {
    if (!forms.some(({ service }) => service === name)) {
      const known = forms.map(({ service }) => service).join(', ');
      house.problems.push(`services.${name}: there is no such service; known are ${known}`);
      continue;
    }
    const merged = { ...config, broker: { ...broker, ...toRecord(config['broker']) } };
    const applied = applyEnvironment(name, merged, environment);
    house.services.set(name, applied.config);
    house.problems.push(...applied.problems);
  }
  const used = [...house.services.values()].map((config) => toRecord(config['broker']));
  house.brokers = distinctBrokers(used.length > 0 ? used : [broker]);
  return house;
}

/** Two brokers are one when they mean the same after the defaults. */
function distinctBrokers(brokers: readonly Record<string, unknown>[]): Record<string, unknown>[] {
  const byMeaning = new Map<string, Record<string, unknown>>();
  for (const broker of brokers) {
    const { data = broker } = brokerSchema.safeParse(broker);
    const meaning = JSON.stringify(data);
    if (!byMeaning.has(meaning)) byMeaning.set(meaning, broker);
  }
  return [...byMeaning.values()];
}

function toRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** Reads a JSON file; rejects with `config.unreadable`. */
export async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    if (errorCode(error) === 'ENOENT')
      throw unreadable(`There is no ${path}. Write one, or name another folder with --config.`);
    throw unreadable(`${path}: ${describeError(error)}`);
  }
}

async function readEnvFile(path: string): Promise<NodeJS.ProcessEnv> {
  try {
    return parseEnv(await readFile(path, 'utf8'));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return {};
    throw unreadable(`${path}: ${describeError(error)}`);
  }
}

function unreadable(message: string): PorchlightError {
  return new PorchlightError('config.unreadable', message, { retry: 'after-user' });
}
