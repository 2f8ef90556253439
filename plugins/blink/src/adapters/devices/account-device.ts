import { toIso, type Clock, type Device, type Devices } from '@porchlight/core';

export interface AccountFigures {
  requestsInHour: number;
  requestsAllowed: number;
  askingEverySeconds: number;
  lastAnswerAt: number | undefined;
  /** From the start of the last recording to our event, in ms. */
  delayMs: number | undefined;
}

const quantities = {
  requestsInHour: { name: 'Requests in the last hour', diagnostic: true },
  requestsAllowed: { name: 'Requests allowed in an hour', diagnostic: true },
  askingEverySeconds: { name: 'Looks for motion every', unit: 's', deviceClass: 'duration', diagnostic: true },
  lastAnswer: { name: 'Last answer', deviceClass: 'timestamp', diagnostic: true },
  delaySeconds: { name: 'Delay of the last motion', unit: 's', deviceClass: 'duration', diagnostic: true },
};

/** Figures need not be fresher than this, in ms. */
const everyMs = 60_000;

/** The account itself as a device: figures for who looks after it. */
export class AccountDevice {
  readonly #device: Device;
  readonly #clock: Clock;
  #shownAt = -Infinity;

  constructor(devices: Devices, clock: Clock) {
    this.#clock = clock;
    this.#device = devices.add({
      id: 'account',
      name: 'Blink account',
      manufacturer: 'Blink',
      capabilities: { measurement: { quantities } },
    });
  }

  show({ lastAnswerAt, delayMs, ...figures }: AccountFigures): void {
    const now = this.#clock.monotonic();
    if (now - this.#shownAt < everyMs) return;
    this.#shownAt = now;
    this.#device.update('measurement', {
      at: this.#clock.now(),
      values: {
        ...figures,
        lastAnswer: lastAnswerAt === undefined ? null : toIso(lastAnswerAt),
        delaySeconds: delayMs === undefined ? null : Math.round(delayMs / 1000),
      },
    });
  }

  report(problem: string | undefined): void {
    this.#device.update('health', problem === undefined ? { ok: true } : { ok: false, problem });
  }
}
