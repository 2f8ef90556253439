import { applyEnvironment, forms } from '@porchlight/config-schemas';
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

export interface House {
  homeAssistant: { discovery: boolean; prefix: string };
  /** The raw configuration of each service, with the common broker and the environment in it. */
  services: Map<string, Record<string, unknown>>;
  broker: Record<string, unknown>;
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
  const raw = await readJson(path);
  const result = houseSchema.safeParse(raw);
  if (!result.success) {
    const issue = result.error.issues[0];
    throw unreadable(`${path}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'is not as expected'}`);
  }
  return buildHouse(result.data, { ...(await readEnvFile(join(folder, '.env'))), ...env });
}

/** The house of a configuration that was read elsewhere (the add-on's options). */
export function buildHouse(raw: unknown, env: NodeJS.ProcessEnv): House {
  const { broker, homeAssistant, services } = houseSchema.parse(raw);
  const house: House = { homeAssistant, broker, services: new Map(), problems: [] };
  for (const [name, config] of Object.entries(services)) {
    if (!forms.some(({ service }) => service === name)) {
      const known = forms.map(({ service }) => service).join(', ');
      house.problems.push(`services.${name}: there is no such service; known are ${known}`);
      continue;
    }
    const own = config['broker'];
    const merged = { ...config, broker: { ...broker, ...(typeof own === 'object' ? own : {}) } };
    const applied = applyEnvironment(name, merged, env, (file) => readFileSync(file, 'utf8'));
    house.services.set(name, applied.config);
    house.problems.push(...applied.problems);
  }
  return house;
}

async function readJson(path: string): Promise<unknown> {
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
  } catch {
    return {};
  }
}

function unreadable(message: string): PorchlightError {
  return new PorchlightError('config.unreadable', message, { retry: 'after-user' });
}
