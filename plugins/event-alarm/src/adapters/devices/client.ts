import type { EventAlarmConfig } from '@porchlight/config-schemas';
import type { CommandOf, CommandOrigin, Device, DeviceEvent, Devices } from '@porchlight/core';
import type { AlarmState } from '../../domain/alarm.ts';
import type { AlarmRule } from '../../domain/alarm-rule.ts';

export interface AlarmCommands {
  alarm(command: CommandOf<'alarm'>, origin: CommandOrigin): Promise<void>;
  /** Rings once, as a test. */
  test(): Promise<void>;
}

/** The alarm's devices: the alarm itself, and what the owner wants beside it. */
export class AlarmDevices {
  readonly alarm: Device;
  readonly #sensor: Device | undefined;
  readonly #test: Device | undefined;
  readonly #rules: readonly AlarmRule[];

  constructor(devices: Devices, config: EventAlarmConfig, rules: readonly AlarmRule[], commands: AlarmCommands) {
    this.#rules = rules;
    const { name, modes, code, codeToArm, sensor, testSwitch } = config;
    const quantities = Object.fromEntries(
      rules.map((rule, index) => [`rule${index + 1}`, { name: rule.name || 'Events', unit: `of ${rule.threshold}` }]),
    );
    this.alarm = devices.add({
      id: 'alarm',
      name,
      model: 'Event alarm',
      capabilities: {
        alarm: { modes: [...modes], ...(code !== undefined && { code: 'number', codeToArm }) },
        measurement: { quantities },
      },
      // No state before the disk has told it: every face would show a disarming with each restart.
      commands: { alarm: (command, origin) => commands.alarm(command, origin) },
    });
    if (sensor !== 'none') {
      const description = { id: 'sensor', name: `${name} sensor`, model: 'Event alarm' };
      this.#sensor =
        sensor === 'motion'
          ? devices.add({ ...description, capabilities: { motion: {} } })
          : devices.add({ ...description, capabilities: { contact: {} } });
    }
    if (testSwitch) {
      this.#test = devices.add({
        id: 'test',
        name: `${name} test`,
        capabilities: { switch: {} },
        state: { switch: { on: false } },
        commands: { switch: ({ on }) => (on ? commands.test() : undefined) },
      });
    }
  }

  /** Shows the state of the alarm on every device. The sensor goes last: HomeKit sends it, and with it all, at once. */
  show({ mode, phase, until, reason, incident }: AlarmState, now: number): void {
    const isRinging = phase === 'triggered';
    this.alarm.update('alarm', {
      mode,
      phase,
      ...(until !== undefined && { until }),
      ...(reason !== undefined && { reason }),
    });
    this.#test?.update('switch', { on: isRinging && incident?.isTest === true });
    const since = incident?.startedAt ?? now;
    if (this.#sensor?.description.capabilities.motion) {
      this.#sensor.update('motion', isRinging ? { detected: true, since } : { detected: false });
    } else {
      this.#sensor?.update('contact', isRinging ? { open: true, since } : { open: false });
    }
  }

  /** Shows the count of each rule. */
  count(counts: readonly number[], now: number): void {
    const values: Record<string, number> = {};
    for (const index of this.#rules.keys()) values[`rule${index + 1}`] = counts[index] ?? 0;
    this.alarm.update('measurement', { at: now, values });
  }

  /** A fact for whoever listens. */
  announce(type: string, now: number, media: DeviceEvent['media'] = []): void {
    const id = `alarm-${type}-${now}`;
    this.alarm.emit({
      id,
      type,
      occurredAt: now,
      observedAt: now,
      ...(media.length > 0 && { media: media.slice(0, 8) }),
    });
  }

  /** Shows what is wrong, on all devices; undefined when nothing is. */
  report(problem: string | undefined): void {
    const health = problem === undefined ? { ok: true } : { ok: false, problem };
    for (const device of [this.alarm, this.#sensor, this.#test]) device?.update('health', health);
  }
}
