import { routerLoad, type Load } from './plug.ts';
import { Relay } from './relay.ts';

export interface TasmotaOptions {
  relay?: Relay;
  load?: Load;
  /** What happens at power-up; 5 makes every "off" end after PulseTime. Default 3. */
  powerOnState?: number;
  /** 1 to 111 tenths of a second, above that seconds and 100. Default 0: none. */
  pulseTime?: number;
}

type Answer = Record<string, unknown>;

/** What runs inside a Tasmota plug, however it is reached. */
export class TasmotaDevice {
  readonly relay: Relay;
  readonly #load: Load;
  readonly #settings: { powerOnState: number; pulseTime: number };
  #backlog: string[] = [];
  #pause: NodeJS.Timeout | undefined;
  #listeners = new Set<(answer: Answer) => void>();

  constructor({ relay = new Relay(), load = routerLoad, powerOnState = 3, pulseTime = 0 }: TasmotaOptions = {}) {
    this.relay = relay;
    this.#load = load;
    this.#settings = { powerOnState, pulseTime };
  }

  /** Calls back with every answer, also of commands that the plug gives itself. */
  onAnswer(listener: (answer: Answer) => void): void {
    this.#listeners.add(listener);
  }

  /** Carries out one command line such as `Power1 ON`. */
  run(line: string): Answer {
    const [, command = '', payload = ''] = /^\s*(\S+)\s*(.*)$/.exec(line) ?? [];
    const answer = this.#answer(command.toLowerCase(), payload.trim());
    for (const listener of this.#listeners) listener(answer);
    return answer;
  }

  /** Power lost and back: what was to come is forgotten. */
  restart(): void {
    this.stop();
    const { powerOnState } = this.#settings;
    if (powerOnState === 0) this.relay.set(false);
    if (powerOnState === 1 || powerOnState >= 4) this.relay.set(true);
  }

  stop(): void {
    clearTimeout(this.#pause);
    this.#backlog = [];
    this.relay.cancel();
  }

  get sensor(): Answer {
    const { watts, volts } = this.#load;
    const { on } = this.relay;
    const figures = { Total: 12.345, Power: on ? watts : 0, Voltage: volts, Current: on ? watts / volts : 0 };
    return { Time: '2026-01-01T00:00:00', ENERGY: { TotalStartTime: '2025-01-01T00:00:00', ...figures } };
  }

  #answer(command: string, payload: string): Answer {
    switch (command) {
      case 'power':
      case 'power1':
        return this.#power(payload);
      case 'poweronstate':
        return { PowerOnState: this.#settings.powerOnState };
      case 'pulsetime1':
        return { PulseTime1: { Set: this.#settings.pulseTime, Remaining: 0 } };
      case 'status':
        return { StatusSNS: this.sensor };
      case 'backlog':
      case 'backlog0':
        return this.#startBacklog(payload);
      default:
        return { Command: 'Unknown' };
    }
  }

  #power(payload: string): Answer {
    const wanted = { ON: true, '1': true, OFF: false, '0': false, TOGGLE: !this.relay.on }[payload.toUpperCase()];
    if (wanted !== undefined) {
      this.relay.set(wanted);
      const { powerOnState, pulseTime } = this.#settings;
      const seconds = pulseTime > 111 ? pulseTime - 100 : pulseTime / 10;
      if (!wanted && powerOnState === 5 && pulseTime > 0) this.relay.flipAfter(seconds, true);
    }
    return { POWER: this.relay.on ? 'ON' : 'OFF' };
  }

  /** A new line takes the place of a running one; an empty line ends it. */
  #startBacklog(payload: string): Answer {
    clearTimeout(this.#pause);
    this.#backlog = payload === '' ? [] : payload.split(';').map((command) => command.trim());
    this.#continue();
    return {};
  }

  #continue(): void {
    for (let command = this.#backlog.shift(); command !== undefined; command = this.#backlog.shift()) {
      const tenths = /^delay\s+(\d+)$/i.exec(command)?.[1];
      if (tenths === undefined) {
        this.run(command);
        continue;
      }
      if (this.relay.isTimerBroken) return;
      this.#pause = setTimeout(() => this.#continue(), (Number(tenths) / 10) * this.relay.secondMs);
      this.#pause.unref();
      return;
    }
  }
}
