import { errorCode } from '@porchlight/core';
import { splitPort } from '../../domain/port-id.ts';
import type { PowerSwitching, UsbTree } from '../../domain/usb-tree.ts';
import { fromErrno, noEffect, programFailed } from '../../errors.ts';
import type { PowerPort } from '../../ports.ts';
import { programTimeoutMs, type ProgramOutput, type RunProgram } from '../program/client.ts';
import { parseStatus } from './schema.ts';

export interface Uhubctl {
  run: RunProgram;
  path: string;
}

/** What uhubctl knows of the hubs; undefined when it is not installed. Any trouble is "knows nothing". */
export async function askUhubctl({ run, path }: Uhubctl): Promise<ReadonlyMap<string, PowerSwitching> | undefined> {
  try {
    // Forced, it also lists hubs that cannot switch; without an action it changes nothing.
    const { stdout } = await run(path, ['-f']);
    return new Map(parseStatus(stdout).map(({ hub, switching = 'per-port' }) => [hub, switching]));
  } catch (error) {
    return errorCode(error) === 'usb.program-missing' ? undefined : new Map();
  }
}

export function withSwitching(tree: UsbTree, known: ReadonlyMap<string, PowerSwitching>): UsbTree {
  const devices = tree.devices.map((device) => {
    const switching = known.get(device.id);
    return switching === undefined ? device : { ...device, switching };
  });
  return { ...tree, devices };
}

export interface UhubctlOptions {
  ports: readonly string[];
  where: string;
  /** Older kernels give a port its power back after seconds unless it is taken many times. */
  isStubborn: boolean;
}

/** How often power is taken from a stubborn port. */
const repeats = 100;
/** uhubctl waits 20 ms after each, and the hub may be slow to answer. */
const repeatMs = 40;

/** Switches by uhubctl. Its exit code says nothing about success, so that the ports are read afterwards. */
export class UhubctlPort implements PowerPort {
  readonly #uhubctl: Uhubctl;
  readonly #options: UhubctlOptions;
  /** Port numbers by hub. */
  readonly #hubs = new Map<string, number[]>();

  constructor(uhubctl: Uhubctl, options: UhubctlOptions) {
    this.#uhubctl = uhubctl;
    this.#options = options;
    for (const port of options.ports) {
      const place = splitPort(port);
      if (place) this.#hubs.set(place.hub, [...(this.#hubs.get(place.hub) ?? []), place.number]);
    }
  }

  async read(): Promise<boolean> {
    const states = await Promise.all([...this.#hubs].map(([hub, numbers]) => this.#readHub(hub, numbers)));
    return states.includes(true);
  }

  async set(on: boolean): Promise<void> {
    // It prints what the ports are afterwards; that, not the exit code, tells whether it worked.
    const outcomes = await Promise.all(
      [...this.#hubs].map(async ([hub, numbers]) => {
        const output = await (on ? this.#call(hub, numbers, ['-a', '1']) : this.#switchOff(hub, numbers));
        return { isOn: this.#parse(hub, numbers, output), said: firstLine(output.stderr) };
      }),
    );
    if (outcomes.some(({ isOn }) => isOn) === on) return;
    const said = outcomes.find((outcome) => outcome.said !== '')?.said;
    throw said ? programFailed('uhubctl', said) : noEffect(this.#options.where, on);
  }

  async close(): Promise<void> {
    // Nothing is held between two calls.
  }

  #switchOff(hub: string, numbers: readonly number[]): Promise<ProgramOutput> {
    if (!this.#options.isStubborn) return this.#call(hub, numbers, ['-a', '0']);
    // Port after port: four of them take longer than a program may take otherwise.
    const timeoutMs = programTimeoutMs + numbers.length * repeats * repeatMs;
    return this.#call(hub, numbers, ['-a', '0', '-r', String(repeats)], timeoutMs);
  }

  async #readHub(hub: string, numbers: readonly number[]): Promise<boolean> {
    return this.#parse(hub, numbers, await this.#call(hub, numbers, []));
  }

  #parse(hub: string, numbers: readonly number[], { stdout, stderr }: ProgramOutput): boolean {
    const status = parseStatus(stdout).find((one) => one.hub === hub);
    const states = numbers.map((number) => status?.ports.get(number));
    if (states.includes(undefined)) throw this.#unreadable(stderr);
    return states.includes(true);
  }

  #unreadable(stderr: string): Error {
    const code = /permission/i.test(stderr) ? 'EACCES' : 'ENODEV';
    return fromErrno(this.#options.where, Object.assign(new Error(firstLine(stderr) || 'not listed'), { code }));
  }

  #call(
    hub: string,
    numbers: readonly number[],
    action: readonly string[],
    timeoutMs = programTimeoutMs,
  ): Promise<ProgramOutput> {
    const { run, path } = this.#uhubctl;
    const location = hub.replace(/^usb/, '');
    // With both twins named, it is not to look for them itself.
    const exact = this.#hubs.size > 1 ? ['-e'] : [];
    return run(path, ['-f', ...exact, '-l', location, '-p', numbers.join(','), ...action], timeoutMs);
  }
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0]?.trim() ?? '';
}
