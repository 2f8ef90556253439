import * as z from 'zod';

const method = <F extends (...args: never[]) => unknown>() => z.custom<F>((value) => typeof value === 'function');

/** The part of rpio that a relay needs. */
export const rpioSchema = z.object({
  init: method<(options: { gpiomem: boolean; mapping: 'gpio'; close_on_exit: boolean }) => void>(),
  open: method<(pin: number, mode: number, level: number) => void>(),
  read: method<(pin: number) => number>(),
  write: method<(pin: number, level: number) => void>(),
  close: method<(pin: number, reset: number) => void>(),
  OUTPUT: z.number(),
  PIN_PRESERVE: z.number(),
});

export type Rpio = z.output<typeof rpioSchema>;

/** `17: op dh pd | hi // GPIO17 = output`: whether it is an output, and its level. */
export function parsePinctrl(text: string, pin: number): { isOutput: boolean; isHigh: boolean } | undefined {
  const [, number, mode, level] = /^\s*(\d+):\s+(\w+)\b.*\|\s*(hi|lo)\b/m.exec(text) ?? [];
  return Number(number) === pin ? { isOutput: mode === 'op', isHigh: level === 'hi' } : undefined;
}
