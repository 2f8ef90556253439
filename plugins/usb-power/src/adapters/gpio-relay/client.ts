import { noEffect, noGpio } from '../../errors.ts';
import type { PowerPort } from '../../ports.ts';
import type { RunProgram } from '../program/client.ts';
import { openPinctrlPin } from './pinctrl.ts';
import { openRpioPin, type LoadLibrary } from './rpio.ts';

export interface GpioPin {
  /** Whether each reading starts a program. */
  readonly isCostly: boolean;
  /** Whether it is high; undefined when nothing drives it. */
  read(): Promise<boolean | undefined>;
  write(isHigh: boolean): Promise<void>;
  close(): Promise<void>;
}

export interface GpioParts {
  /** The board's model; a machine that is no Raspberry Pi has no pins, and rpio would only pretend. */
  model: string | undefined;
  library: 'auto' | 'rpio' | 'pinctrl';
  load: LoadLibrary;
  run: RunProgram;
  pinctrlPath: string;
}

/** Opens a pin with the library that knows this board; throws `usb.gpio` with what to do otherwise. */
export function openPin(pin: number, { model = '', library, load, run, pinctrlPath }: GpioParts): GpioPin {
  if (!model.startsWith('Raspberry Pi')) throw noGpio('A GPIO relay needs a Raspberry Pi; this machine is none.');
  const isNew = /^Raspberry Pi (5|500|Compute Module 5)\b/.test(model);
  if (isNew && library === 'rpio') {
    throw noGpio('rpio does not know the Raspberry Pi 5. Set "gpioLibrary" to "pinctrl".');
  }
  return isNew || library === 'pinctrl' ? openPinctrlPin(pin, run, pinctrlPath) : openRpioPin(pin, load);
}

/** A relay on a pin. */
export class GpioRelay implements PowerPort {
  readonly #pin: GpioPin;
  readonly #name: string;
  readonly #isActiveLow: boolean;

  constructor(pin: GpioPin, name: string, isActiveLow: boolean) {
    this.#pin = pin;
    this.#name = name;
    this.#isActiveLow = isActiveLow;
  }

  async read(): Promise<boolean> {
    const isHigh = await this.#pin.read();
    return isHigh !== undefined && isHigh !== this.#isActiveLow;
  }

  async set(on: boolean): Promise<void> {
    await this.#pin.write(on !== this.#isActiveLow);
    if ((await this.read()) !== on) throw noEffect(this.#name, on);
  }

  close(): Promise<void> {
    return this.#pin.close();
  }
}
