import { createRequire } from 'node:module';
import { describeError } from '@porchlight/core';
import { noGpio } from '../../errors.ts';
import type { GpioPin } from './client.ts';
import { rpioSchema, type Rpio } from './schema.ts';

export type LoadLibrary = (name: string) => unknown;

/** Loads an optional library when it is first needed: its native part may be missing, or made for another machine. */
export const loadLibrary: LoadLibrary = (name) => createRequire(import.meta.url)(name) as unknown;

/** rpio is initialised once in a process, whatever the number of relays. */
const initialised = new WeakSet<object>();

/** A pin by the library rpio. It has no Raspberry Pi 5. */
export function openRpioPin(pin: number, load: LoadLibrary): GpioPin {
  const rpio = initialise(load);
  let isOpen = false;
  const attempt = async <T>(action: () => T): Promise<T> => {
    try {
      return action();
    } catch (error) {
      throw noGpio(`GPIO ${pin} cannot be used: ${describeError(error)}.`);
    }
  };
  return {
    isCostly: false,
    // Reading does not make it an output, so that a lamp that is to be left alone is left alone.
    read: () => attempt(() => rpio.read(pin) === 1),
    write: (isHigh) =>
      attempt(() => {
        const level = isHigh ? 1 : 0;
        if (isOpen) rpio.write(pin, level);
        else rpio.open(pin, rpio.OUTPUT, level);
        isOpen = true;
      }),
    // Kept as it is: a pin that becomes an input again may switch a relay on.
    close: () =>
      attempt(() => {
        if (isOpen) rpio.close(pin, rpio.PIN_PRESERVE);
        isOpen = false;
      }),
  };
}

function initialise(load: LoadLibrary): Rpio {
  const rpio = loadRpio(load);
  if (initialised.has(rpio)) return rpio;
  try {
    // Closing on exit would let go of the pins when Homebridge ends.
    rpio.init({ gpiomem: true, mapping: 'gpio', close_on_exit: false });
  } catch (error) {
    throw noGpio('rpio has no access to the GPIO. Is this user in the group gpio, and is there a /dev/gpiomem?', error);
  }
  initialised.add(rpio);
  return rpio;
}

function loadRpio(load: LoadLibrary): Rpio {
  let library: unknown;
  try {
    library = load('rpio');
  } catch (error) {
    const remedy = 'Install it beside this plugin with "npm install rpio" (it needs make, g++ and python3)';
    throw noGpio(`The library rpio cannot be loaded. ${remedy}, or set "gpioLibrary" to "pinctrl".`, error);
  }
  // The library itself, not a copy of its parts: they are methods.
  if (rpioSchema.safeParse(library).success) return library as Rpio;
  throw noGpio('The library rpio is not one that this plugin knows; it needs version 2.');
}
