import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '../../src/index.ts';

/** A folder with this configuration. */
export async function writeConfig(config: object): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'porchlight-host-'));
  await writeFile(join(folder, 'porchlight.json'), JSON.stringify(config));
  return folder;
}

/** A command in this process. */
export const call = (...args: string[]): Promise<{ code: number; output: string }> => callWith({}, ...args);

/** The same with these variables. */
export async function callWith(env: NodeJS.ProcessEnv, ...args: string[]): Promise<{ code: number; output: string }> {
  const lines: string[] = [];
  const print = (line: string): void => void lines.push(line);
  const code = await runProgram(args, { print, printError: print, signal: new AbortController().signal, env });
  return { code, output: lines.join('\n') };
}
