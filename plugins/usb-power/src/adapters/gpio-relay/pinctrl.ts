import { noGpio } from '../../errors.ts';
import type { RunProgram } from '../program/client.ts';
import type { GpioPin } from './client.ts';
import { parsePinctrl } from './schema.ts';

/** A pin by the program pinctrl of Raspberry Pi OS, which knows every model, the 5 as well. */
export function openPinctrlPin(pin: number, run: RunProgram, path: string): GpioPin {
  const call = async (args: readonly string[]): Promise<string> => {
    const { stdout, stderr, exitCode } = await run(path, args);
    const said = (stderr || stdout).trim().split('\n')[0] ?? '';
    if (exitCode !== 0) throw noGpio(`GPIO ${pin}: pinctrl says "${said}". It may need the group gpio, or root.`);
    return stdout;
  };
  return {
    isCostly: true,
    async read() {
      const state = parsePinctrl(await call(['get', String(pin)]), pin);
      if (!state) throw noGpio(`GPIO ${pin}: pinctrl gives no level for it.`);
      return state.isOutput ? state.isHigh : undefined;
    },
    async write(isHigh) {
      await call(['set', String(pin), 'op', isHigh ? 'dh' : 'dl']);
    },
    async close() {
      // The pin keeps its level without us.
    },
  };
}
