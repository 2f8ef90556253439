import { eventAlarmSchema } from '@porchlight/config-schemas';
import { parseConfig, type AlarmMode, type CommandOrigin, type DeviceEvent, type Service } from '@porchlight/core';
import { buildContext, buildEvent, type FakeContext } from '@porchlight/core/testing';
import { service as definition } from '../../src/service.ts';

export interface Alarm {
  context: FakeContext;
  service: Service;
  phase(): string | undefined;
  reason(): string | undefined;
  setMode(
    mode: AlarmMode,
    more?: { code?: string; force?: boolean; skipDelay?: boolean },
    origin?: CommandOrigin,
  ): Promise<void>;
  /** Somebody moves, now unless told otherwise. */
  motion(part?: Partial<DeviceEvent>): void;
  /** Lets what is under way finish. */
  settle(): Promise<void>;
}

let count = 0;

/** An alarm whose start is under way. */
export function beginAlarm(
  raw: object = {},
  earlier?: FakeContext,
): { context: FakeContext; service: Service; started: Promise<void> } {
  const parsed = parseConfig(eventAlarmSchema, raw);
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
  const context = buildContext(earlier && { clock: earlier.clock, storage: earlier.storage });
  const service = definition.create(parsed.config, context);
  return { context, service, started: service.start() };
}

/** An alarm in a house that the test plays. Pass the context of an earlier one to play a restart. */
export async function startAlarm(raw: object = {}, earlier?: FakeContext): Promise<Alarm> {
  const { context, service, started } = beginAlarm(raw, earlier);
  await started;
  const { clock, bus } = context;
  return {
    context,
    service,
    phase: () => service.devices.state('alarm', 'alarm')?.phase,
    reason: () => service.devices.state('alarm', 'alarm')?.reason,
    setMode: (mode, more = {}, origin = 'homekit') =>
      service.devices.command({ device: 'alarm', capability: 'alarm' }, { action: 'set-mode', mode, ...more }, origin),
    motion(part = {}) {
      count += 1;
      bus.emit(buildEvent({ id: `m${count}`, occurredAt: clock.now(), observedAt: clock.now(), ...part }));
    },
    settle: () => clock.advance(0),
  };
}
