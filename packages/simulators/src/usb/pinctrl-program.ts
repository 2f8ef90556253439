import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv, exit, stdout } from 'node:process';

/** A stand-in for pinctrl: `get 17` and `set 17 op dh`. */

export interface PinctrlState {
  /** Without access to the registers. */
  isForbidden: boolean;
  /** Holds a file for each output, named by its GPIO number, with its level; those that are not there are inputs. */
  pinFolder: string;
}

const [, , stateFile = '', verb = '', pin = '', mode, drive] = argv;
const state = JSON.parse(readFileSync(stateFile, 'utf8')) as PinctrlState;

if (state.isForbidden) {
  stdout.write('Failed to initialise gpiolib - -1\n');
  exit(255);
}
if (!/^\d+$/.test(pin) || Number(pin) > 53) {
  stdout.write(`Unknown GPIO "${pin}"\n`);
  exit(1);
}
if (verb === 'set' && mode === 'op' && (drive === 'dh' || drive === 'dl')) {
  writeFileSync(join(state.pinFolder, pin), drive);
} else if (verb === 'get') {
  const file = join(state.pinFolder, pin);
  const level = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  const words = level === undefined ? 'ip    pd | lo' : `op ${level} pd | ${level === 'dh' ? 'hi' : 'lo'}`;
  stdout.write(`${pin.padStart(2)}: ${words} // GPIO${pin} = ${level === undefined ? 'input' : 'output'}\n`);
} else {
  stdout.write('Need a function or pull to set\n');
  exit(1);
}
