import { describeError, errorCode, type Clock } from '@porchlight/core';
import { readFile } from 'node:fs/promises';
import { createBarScreen } from './adapters/screen/bars.ts';
import { createJsonScreen, createPlainScreen, type Streams } from './adapters/screen/plain.ts';
import { readDate } from './adapters/calendar.ts';
import { optionTable } from './domain/option-table.ts';
import { exitCodes } from './domain/outcome.ts';
import { type Given, parseArguments } from './domain/parse-arguments.ts';
import { readSettings, type Settings } from './domain/settings.ts';
import { keyMissing, wrongUse } from './errors.ts';
import { renderHelp, usageLine } from './help.ts';
import { createSecretsFilter } from './open-run.ts';
import type { Screen } from './ports.ts';
import { run } from './run.ts';
import { version } from './version.ts';

export interface ProgramParts extends Streams {
  env: Readonly<Record<string, string | undefined>>;
  clock: Clock;
  signal: AbortSignal;
  /** Width of the terminal; undefined when the output is none. */
  columns: (() => number) | undefined;
}

/** The whole command: reads its words, copies, and resolves with the exit code. */
export async function runProgram(words: readonly string[], parts: ProgramParts): Promise<number> {
  const parsed = parseArguments(words, optionTable);
  if (!parsed.ok) return refuse(parsed.problem, parts);
  const { given } = parsed;
  if (given.has('help')) return say(renderHelp(), parts);
  if (given.has('version')) return say(`rhombus-footage ${version}\n`, parts);
  const read = readSettings(given, { nowSec: Math.floor(parts.clock.now() / 1000), readDate });
  if (!read.ok) return refuse(read.problem, parts);
  const { settings, warnings } = read;
  try {
    const apiKey = await findKey(given, parts.env);
    const screen = createScreen(settings, createSecretsFilter(apiKey), parts);
    for (const warning of warnings) screen.warn(warning);
    const { clock, signal } = parts;
    return await run({ settings, apiKey, screen, clock, signal });
  } catch (error) {
    if (errorCode(error) === 'footage.no-key' || errorCode(error) === 'footage.usage') {
      return refuse(describeError(error), parts);
    }
    throw error;
  }
}

function refuse(problem: string, { err }: ProgramParts): number {
  err(`${usageLine}\nrhombus-footage: error: ${problem}\n`);
  return exitCodes.usage;
}

function say(text: string, { out }: ProgramParts): number {
  out(text);
  return exitCodes.complete;
}

/** The key of the command line, a file or the environment, in this order. */
async function findKey(given: Given, env: ProgramParts['env']): Promise<string> {
  const file = given.get('api_key_file')?.at(-1) ?? env['RHOMBUS_API_KEY_FILE'];
  const word = given.get('api_key')?.at(-1);
  const key = typeof word === 'string' ? word : typeof file === 'string' ? await readKey(file) : env['RHOMBUS_API_KEY'];
  const plain = key?.trim();
  if (!plain) throw keyMissing('-a, --api-key-file or RHOMBUS_API_KEY');
  if (!/^[\x21-\x7e]+$/.test(plain)) throw wrongUse('the API key holds a character that no key has');
  return plain;
}

async function readKey(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => {
    throw wrongUse(`argument --api-key-file: the file '${file}' cannot be read`);
  });
}

function createScreen({ say: how }: Settings, redact: (text: string) => string, parts: ProgramParts): Screen {
  const options = { isQuiet: how.isQuiet, isDebug: how.isDebug, redact, now: () => parts.clock.now() };
  if (how.isJson) return createJsonScreen(parts, options);
  const { columns } = parts;
  return columns && !how.isQuiet ? createBarScreen(parts, { ...options, columns }) : createPlainScreen(parts, options);
}
