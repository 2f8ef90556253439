import { readFileSync, writeFileSync } from 'node:fs';
import { argv, exit, stdout } from 'node:process';

/** A stand-in for pinctrl: `get 17` and `set 17 op dh`. */

export interface PinctrlState {
  /** Without access to the registers. */
  isForbidden: boolean;
  /** By GPIO number; those that are not here are inputs. */
  outputs: Record<string, 'dh' | 'dl'>;
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
  state.outputs[pin] = drive;
  writeFileSync(stateFile, JSON.stringify(state));
} else if (verb === 'get') {
  const level = state.outputs[pin];
  const words = level === undefined ? 'ip    pd | lo' : `op ${level} pd | ${level === 'dh' ? 'hi' : 'lo'}`;
  stdout.write(`${pin.padStart(2)}: ${words} // GPIO${pin} = ${level === undefined ? 'input' : 'output'}\n`);
} else {
  stdout.write('Need a function or pull to set\n');
  exit(1);
}
