/** What a fake rpio does instead of hardware. */
export interface FakeRpio {
  /** Give this to whoever loads `rpio`. */
  readonly library: object;
  /** Levels by GPIO number; undefined: never an output. */
  readonly levels: Map<number, 0 | 1>;
  readonly troubles: {
    /** There is no /dev/gpiomem, or the user is not in its group. */
    hasNoMemory: boolean;
    /** These are exported through sysfs by another program. */
    taken: Set<number>;
    /** Writes change nothing. */
    isDeaf: boolean;
  };
}

/** The part of rpio 2.4 that drives outputs, with the errors that it throws. */
export function createFakeRpio(): FakeRpio {
  const levels = new Map<number, 0 | 1>();
  const troubles = { hasNoMemory: false, taken: new Set<number>(), isDeaf: false };
  let isReady = false;
  const check = (): void => {
    if (!isReady) throw new Error('rpio is not initialised');
  };
  const put = (pin: number, level: number): void => {
    check();
    if (!troubles.isDeaf || !levels.has(pin)) levels.set(pin, level === 1 && !troubles.isDeaf ? 1 : 0);
  };
  const output = 1;
  const reset = 1;
  const library = {
    INPUT: 0,
    OUTPUT: output,
    PIN_PRESERVE: 0,
    PIN_RESET: reset,
    init() {
      if (troubles.hasNoMemory) throw new Error('Could not initialize bcm2835 GPIO library');
      isReady = true;
    },
    open(pin: number, mode: number, level?: number) {
      check();
      if (troubles.taken.has(pin)) throw new Error(`GPIO${pin} is currently in use by /sys/class/gpio`);
      if (mode === output) put(pin, level ?? levels.get(pin) ?? 0);
      else levels.delete(pin);
    },
    read(pin: number) {
      check();
      return levels.get(pin) ?? 0;
    },
    write: put,
    close(pin: number, how = reset) {
      check();
      if (how === reset) levels.delete(pin);
    },
  };
  return { library, levels, troubles };
}
