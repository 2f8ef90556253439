import { usbPowerSchema, type UsbPowerConfig } from '@porchlight/config-schemas';
import { defineService, describeError, Devices, prefixLog, reservedDeviceIds, toId } from '@porchlight/core';
import type { Service, ServiceContext } from '@porchlight/core';
import { LampFinder, type LampConfig, type Machine } from './adapters/finder/client.ts';
import { loadLibrary } from './adapters/gpio-relay/rpio.ts';
import { Lamp } from './adapters/lamp/client.ts';
import { LampMemories } from './adapters/lamp/memory.ts';
import { memorySchema } from './adapters/lamp/schema.ts';
import { toLampSettings } from './adapters/lamp/settings.ts';
import { runProgram } from './adapters/program/client.ts';
import { Sysfs } from './adapters/sysfs/client.ts';
import { openSysfs } from './adapters/sysfs/files.ts';
import { noLamps } from './errors.ts';

export { commands, survey, tryLamp } from './adapters/commands/client.ts';

export const service = defineService<UsbPowerConfig>({
  name: 'usb-power',
  version: '0.1.0',
  configSchema: usbPowerSchema,
  create: (config, context) =>
    new UsbPowerService(context, {
      config,
      sysfs: new Sysfs(openSysfs(config.sysfsFolder)),
      run: runProgram,
      load: loadLibrary,
      claims: new Map(),
    }),
});

/** Lamps on this machine's USB ports and GPIO pins. */
export class UsbPowerService implements Service {
  readonly devices = new Devices('usb-power');
  readonly #context: ServiceContext;
  readonly #memories: LampMemories;
  readonly #lamps: readonly Lamp[];

  constructor(context: ServiceContext, machine: Machine) {
    const { storage, log } = context;
    this.#context = context;
    this.#memories = new LampMemories(storage.document('lamps', memorySchema, {}), log);
    this.#lamps = machine.config.lamps.map((lamp) => this.#add(lamp, machine));
  }

  async start(): Promise<void> {
    if (this.#lamps.length === 0) {
      const problem = describeError(noLamps());
      this.#context.log.warn(problem);
      return this.devices.setProblem(problem);
    }
    await this.#memories.read();
    await Promise.all(this.#lamps.map((lamp) => lamp.start(this.#context.signal)));
  }

  async stop(): Promise<void> {
    await Promise.all(this.#lamps.map((lamp) => lamp.stop()));
  }

  #add(config: LampConfig, machine: Machine): Lamp {
    const { clock, log } = this.#context;
    const device = this.devices.add({
      id: this.#freeId(toId(config.name)),
      name: config.name,
      capabilities: { switch: { as: config.as } },
      commands: { switch: ({ on }) => lamp.command(on) },
    });
    const lamp = new Lamp({
      device,
      settings: toLampSettings(config),
      finder: new LampFinder(machine, config),
      memories: this.#memories,
      clock,
      log: prefixLog(log, config.name),
      pollMs: machine.config.pollSeconds * 1000,
    });
    return lamp;
  }

  /** Names that differ may give one id ("Lamp 1" and "Lamp-1"), and some words are not free. */
  #freeId(wanted: string): string {
    const taken = new Set([...reservedDeviceIds, ...this.devices.list().map(({ id }) => id)]);
    let id = wanted;
    for (let number = 2; taken.has(id); number++) id = `${wanted.slice(0, 60)}-${number}`;
    return id;
  }
}
