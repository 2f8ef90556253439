import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';

/** Puts a fake program into a folder; it runs `<name>-program` of this folder with the state file before its arguments. */
export function installProgram(folder: string, name: 'uhubctl' | 'pinctrl', stateFile: string): string {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const program = fileURLToPath(new URL(`./${name}-program.${extension}`, import.meta.url));
  const path = join(folder, name);
  const words = [execPath, '--disable-warning=ExperimentalWarning', program, stateFile].map((word) => `'${word}'`);
  writeFileSync(path, `#!/bin/sh\nexec ${words.join(' ')} "$@"\n`);
  chmodSync(path, 0o755);
  return path;
}
