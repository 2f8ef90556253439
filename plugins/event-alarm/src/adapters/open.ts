import type { EventAlarmConfig } from '@porchlight/config-schemas';
import type { AlarmMode, Devices, ServiceContext } from '@porchlight/core';
import type { AlarmRule } from '../domain/alarm-rule.ts';
import { toSwitches } from './settings.ts';
import { AlarmDevices, type AlarmCommands } from './devices/client.ts';
import { createFootageRequest } from './footage/client.ts';
import { createInputs } from './inputs/client.ts';
import { AlarmKeypad } from './keypad/client.ts';
import { createKeeper } from './memory/client.ts';
import { emptyMemory, memorySchema, type Memory } from './memory/schema.ts';
import { openPeople } from './people/client.ts';
import { createPublisher } from './publisher/client.ts';
import { AlarmSchedule } from './schedule/client.ts';
import { watchSources } from './sources/client.ts';
import { BusSwitches } from './switches/client.ts';
import { nothingSwitched, switchesMemorySchema } from './switches/schema.ts';

export interface Callbacks extends AlarmCommands {
  /** What the alarm knows, when it is kept. */
  collect(): Pick<Memory, 'alarm' | 'events'>;
  /** The schedule sets a mode. */
  onTime(mode: AlarmMode): void;
  onSources(): void;
  onProblem(key: string, problem: string | undefined): void;
}

/** Makes everything through which the alarm meets the world. */
export function openAdapters(
  parts: { config: EventAlarmConfig; context: ServiceContext; devices: Devices; rules: readonly AlarmRule[] },
  callbacks: Callbacks,
) {
  const { config, context, rules } = parts;
  const { storage, bus, log } = context;
  const document = storage.document('alarm', memorySchema, emptyMemory);
  const keypad = new AlarmKeypad(config.code, config.codeToArm, emptyMemory.guard);
  const schedule = new AlarmSchedule(config, context.clock, callbacks);
  const switches = new BusSwitches({
    ...context,
    switches: toSwitches(config),
    memory: storage.document('switches', switchesMemorySchema, nothingSwitched),
    onProblem: () => callbacks.onProblem('switches', switches.problem()),
  });
  return {
    document,
    keypad,
    switches,
    schedule,
    keeper: createKeeper(document, log, () => {
      return { ...callbacks.collect(), guard: keypad.guard, scheduledAt: schedule.followedAt };
    }),
    people: openPeople(config, context),
    inputs: createInputs(config.inputs, context),
    sources: watchSources(bus, config.sources, callbacks.onSources),
    askForFootage: createFootageRequest(config, context),
    publish: createPublisher(config.publish, { ...context, onProblem: callbacks.onProblem }),
    devices: new AlarmDevices(parts.devices, config, rules, callbacks),
  };
}
