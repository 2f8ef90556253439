import {
  describeError,
  type CapabilityName,
  type Clock,
  type CommandableName,
  type CommandOf,
  type DeviceSource,
  type Log,
} from '@porchlight/core';
import type { Characteristic, CharacteristicProps, CharacteristicValue, HAP, Service } from 'homebridge';
import { conditionOf, showCondition } from './capability/health.ts';
import { answerWithinMs, awaitAnswer } from './command-answer.ts';
import { noResponse, timedOut, toHapError } from './hap-error.ts';
import type { Binding, Mapping, Write } from './mapping.ts';

export interface CapabilityServiceParts {
  hap: HAP;
  service: Service;
  source: DeviceSource;
  device: string;
  capability: CapabilityName;
  mapping: Mapping;
  /** The capability's options, parsed with the description. */
  options: unknown;
  clock: Clock;
  log: Log;
}

/** One capability of a device on its HAP service: state to characteristics, writes to commands. Holds no state. */
export class CapabilityService {
  readonly service: Service;
  readonly capability: CapabilityName;
  readonly #parts: CapabilityServiceParts;
  readonly #bindings: Binding[];
  readonly #end = new AbortController();
  readonly #attached = new Map<Binding, Characteristic>();
  readonly #waiters = new Set<() => void>();

  constructor(parts: CapabilityServiceParts) {
    const { hap, options, clock } = parts;
    this.service = parts.service;
    this.capability = parts.capability;
    this.#parts = parts;
    this.#bindings = parts.mapping.bindings({
      hap,
      options,
      clock,
      signal: this.#end.signal,
      refresh: () => this.refresh(),
    });
  }

  /** Shows the present state and condition; no await lies between a change and HomeKit. */
  refresh(): void {
    const { hap, source, device } = this.#parts;
    this.#showState();
    showCondition(hap, this.service, conditionOf(source, device));
  }

  /** The capability's state has changed. */
  onState(): void {
    this.#showState();
    const state = this.#state();
    for (const binding of this.#bindings) {
      const press = state === undefined ? undefined : binding.press?.(state);
      if (press !== undefined) this.#attach(binding).sendEventNotification(press);
    }
    for (const check of this.#waiters) check();
  }

  /** Ends what is under way; the service itself stays. */
  end(): void {
    this.#end.abort();
  }

  #showState(): void {
    for (const binding of this.#bindings) this.#show(binding);
  }

  #state(): unknown {
    return this.#parts.source.state(this.#parts.device, this.capability);
  }

  /** Throws "No Response" while there is nothing to tell. */
  #read(binding: Binding): CharacteristicValue | undefined {
    const { hap, source, device } = this.#parts;
    const state = this.#state();
    if (state === undefined || !conditionOf(source, device).isReachable) throw noResponse(hap);
    return binding.read?.(state);
  }

  #show(binding: Binding): void {
    if (!binding.read) {
      this.#attach(binding);
      return;
    }
    try {
      const value = this.#read(binding);
      if (value !== undefined) this.#attach(binding).updateValue(value);
    } catch (error) {
      const { UUID } = binding.characteristic;
      const isShown = this.service.characteristics.some((characteristic) => characteristic.UUID === UUID);
      if (isShown) this.#attach(binding).updateValue(error as Error);
    }
  }

  /** Sets the characteristic up at its first use; one that never has a value is never added. */
  #attach(binding: Binding): Characteristic {
    const known = this.#attached.get(binding);
    if (known) return known;
    const characteristic = this.service.getCharacteristic(binding.characteristic);
    if (binding.props) restrict(characteristic, binding.props);
    if (binding.read) characteristic.onGet(() => this.#read(binding) ?? characteristic.value);
    const write = binding.write?.bind(binding);
    if (write) characteristic.onSet((value) => this.#write(write(value, this.#state())));
    this.#attached.set(binding, characteristic);
    return characteristic;
  }

  async #write(write: Write | undefined): Promise<void> {
    // HAP stores the written value after this resolves; what the device really did is shown after that.
    setImmediate(() => this.refresh());
    if (write) await this.#carryOut(write).finally(() => setImmediate(() => this.refresh()));
  }

  async #carryOut(write: Write): Promise<void> {
    const { hap, clock, log, device, capability } = this.#parts;
    const waiter = new AbortController();
    try {
      const outcome = await awaitAnswer({
        clock,
        command: this.#command(write.command),
        begun: this.#until(write.isBegun, waiter.signal),
        onLate: (error) => this.#onLate(error),
      });
      if (outcome === 'late') {
        log.warn(`${device}: no answer to a ${capability} command within ${answerWithinMs / 1000} s; still waiting.`);
        throw timedOut(hap);
      }
    } catch (error) {
      if (error instanceof hap.HapStatusError) throw error;
      log.warn(`${device}: the ${capability} command failed: ${describeError(error)}`);
      throw toHapError(hap, error);
    } finally {
      waiter.abort();
    }
  }

  async #command(command: unknown): Promise<void> {
    const { source, device } = this.#parts;
    const capability = this.capability as CommandableName;
    await source.command({ device, capability }, command as CommandOf<CommandableName>, 'homekit');
  }

  #onLate(error: unknown): void {
    const { log, device } = this.#parts;
    if (error !== undefined) log.warn(`${device}: the ${this.capability} command failed: ${describeError(error)}`);
    this.refresh();
  }

  /** Resolves when the state fits; never where no test is given. */
  #until(isBegun: Write['isBegun'], signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (!isBegun) return;
      const check = (): void => {
        const state = this.#state();
        if (state !== undefined && isBegun(state)) resolve();
      };
      this.#waiters.add(check);
      signal.addEventListener('abort', () => this.#waiters.delete(check), { once: true });
    });
  }
}

/** Sets properties; the value goes inside the new limits first, without an event, or HAP 0.14 logs a warning. */
function restrict(characteristic: Characteristic, props: Partial<CharacteristicProps>): void {
  const { validValues } = props;
  const first = validValues?.[0];
  if (first !== undefined && !validValues?.includes(Number(characteristic.value))) characteristic.value = first;
  characteristic.setProps(props);
}
