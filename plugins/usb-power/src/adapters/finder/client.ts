import type { UsbPowerConfig } from '@porchlight/config-schemas';
import { chooseDriver, type DriverName } from '../../domain/choose-driver.ts';
import { traceCircuit } from '../../domain/circuit.ts';
import { findPort } from '../../domain/find-port.ts';
import { splitPort } from '../../domain/port-id.ts';
import { parseSelector, type Selector } from '../../domain/selector.ts';
import type { PowerSwitching, UsbTree } from '../../domain/usb-tree.ts';
import { ambiguous, noDriver, notFound, sharedPower } from '../../errors.ts';
import type { OpenedPort, PowerFinder, PowerPort } from '../../ports.ts';
import { BindUnbind } from '../bind-unbind/client.ts';
import { GpioRelay, openPin } from '../gpio-relay/client.ts';
import type { LoadLibrary } from '../gpio-relay/rpio.ts';
import { PortDisable } from '../port-disable/client.ts';
import type { RunProgram } from '../program/client.ts';
import type { Sysfs } from '../sysfs/client.ts';
import { askUhubctl, UhubctlPort, withSwitching } from '../uhubctl/client.ts';
import { guardOthers } from './guard.ts';
import { followDevice } from './place.ts';

export type LampConfig = UsbPowerConfig['lamps'][number];

export interface Machine {
  config: UsbPowerConfig;
  sysfs: Sysfs;
  run: RunProgram;
  load: LoadLibrary;
  /** Which lamp has which port: one switch is one lamp's. */
  claims: Map<string, string>;
}

interface Place {
  selector: Selector;
  tree: UsbTree;
  port: string;
}

/** Finds the switch of one lamp on this machine. */
export class LampFinder implements PowerFinder {
  readonly #machine: Machine;
  readonly #lamp: LampConfig;

  constructor(machine: Machine, lamp: LampConfig) {
    this.#machine = machine;
    this.#lamp = lamp;
  }

  async open(remembered?: string): Promise<OpenedPort> {
    const { driver, pin, port: text } = this.#lamp;
    if (pin !== undefined && (driver === 'auto' || driver === 'gpio-relay')) return this.#openRelay(pin);
    const { sysfs } = this.#machine;
    if (!(await sysfs.isPresent())) throw notFound('This machine shows no USB (there is no /sys/bus/usb).');
    const selector = parseSelector(text ?? '');
    const known = driver === 'auto' || driver === 'uhubctl' ? await this.#askUhubctl() : undefined;
    const tree = withSwitching(await sysfs.survey(), known ?? new Map());
    const found = findPort(tree, selector, remembered);
    if ('problem' in found) throw (found.isAmbiguous ? ambiguous : notFound)(found.problem);
    const place = { selector, tree, port: found.port };
    if (driver === 'auto') return this.#openBest(place, known);
    return this.#openUsb(place, { driver: driver === 'gpio-relay' ? 'port-disable' : driver, why: 'it is configured' });
  }

  async #openRelay(pin: number): Promise<OpenedPort> {
    const { config, sysfs, run, load } = this.#machine;
    const { gpioLibrary: library, pinctrlPath } = config;
    const opened = openPin(pin, { model: await sysfs.model(), library, load, run, pinctrlPath });
    const where = `GPIO ${pin}`;
    const power = new GpioRelay(opened, where, this.#lamp.activeLow);
    return {
      power,
      driver: 'gpio-relay',
      where,
      why: 'a GPIO pin is named',
      isDoubtful: false,
      isCostly: opened.isCostly,
    };
  }

  async #openBest(place: Place, known: ReadonlyMap<string, PowerSwitching> | undefined): Promise<OpenedPort> {
    const { tree, port } = place;
    const hub = splitPort(port);
    const choice = chooseDriver({
      hasPin: false,
      portSwitch: await this.#accessOf(traceCircuit(tree, port).switched),
      uhubctl: known ? (known.get(hub?.hub ?? '') ?? 'unknown') : 'missing',
      hasDevice: tree.devices.some(({ id, isHub }) => id === port && !isHub),
    });
    if ('problem' in choice) throw noDriver(choice.problem);
    return this.#openUsb(place, choice);
  }

  async #openUsb(
    { selector, tree, port }: Place,
    { driver, why, isDoubtful = driver === 'bind-unbind' }: { driver: DriverName; why: string; isDoubtful?: boolean },
  ): Promise<OpenedPort> {
    const isDevice = driver === 'bind-unbind';
    const { switched, affected, board } = isDevice
      ? { switched: [port], affected: [port], board: undefined }
      : traceCircuit(tree, port);
    this.#claim(affected);
    const plain = this.#drive(driver, { port, switched, tree });
    // Who detaches a device by its port means whatever is in there.
    const lamp = isDevice || selector.type === 'device' ? { lamp: port } : {};
    const { sysfs } = this.#machine;
    const guarded = this.#lamp.switchOthers ? plain : guardOthers(plain, sysfs, { affected, ...lamp });
    const power = selector.type === 'device' ? followDevice(guarded, sysfs, { selector, port }) : guarded;
    const reason = board === undefined ? why : `${why}. ${board}`;
    return { power, driver, where: `USB port ${port}`, why: reason, isDoubtful, isCostly: driver === 'uhubctl', port };
  }

  #drive(
    driver: DriverName,
    { port, switched, tree }: { port: string; switched: readonly string[]; tree: UsbTree },
  ): PowerPort {
    const { sysfs, run, config } = this.#machine;
    if (driver === 'bind-unbind') return new BindUnbind(sysfs, port);
    if (driver === 'port-disable') return new PortDisable(sysfs, switched, `USB port ${port}`);
    const isStubborn = tree.ports.every(({ isOn }) => isOn === undefined);
    return new UhubctlPort(
      { run, path: config.uhubctlPath },
      { ports: switched, where: `USB port ${port}`, isStubborn },
    );
  }

  /** The least that is allowed at any of the ports. */
  async #accessOf(ports: readonly string[]): Promise<'usable' | 'not-permitted' | 'read-only' | 'missing'> {
    const { sysfs } = this.#machine;
    const places = ports.map(splitPort).filter((place) => place !== undefined);
    const found = await Promise.all(places.map((place) => sysfs.switchAccess(place)));
    return (['missing', 'read-only', 'not-permitted'] as const).find((access) => found.includes(access)) ?? 'usable';
  }

  #askUhubctl(): Promise<ReadonlyMap<string, PowerSwitching> | undefined> {
    return askUhubctl({ run: this.#machine.run, path: this.#machine.config.uhubctlPath });
  }

  #claim(ports: readonly string[]): void {
    const { claims } = this.#machine;
    const { name } = this.#lamp;
    for (const [port, owner] of claims) if (owner === name) claims.delete(port);
    const other = ports.map((port) => claims.get(port)).find((owner) => owner !== undefined);
    if (other !== undefined) throw sharedPower(other);
    for (const port of ports) claims.set(port, name);
  }
}
