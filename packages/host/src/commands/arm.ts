import type { BusClient } from '@porchlight/bus';
import type { AlarmMode, StateOf } from '@porchlight/core';
import { systemClock } from '@porchlight/core/node';

export interface ArmOptions {
  mode: AlarmMode;
  code?: string;
  force?: boolean;
}

type Alarm = StateOf<'alarm'>;

/** Longest wait for the alarm's state, which is retained, milliseconds. */
const listenMs = 1000;
const address = { service: 'event-alarm', device: 'alarm', capability: 'alarm' } as const;

/** `porchlight arm` and `porchlight disarm`. Rejects with the alarm's own reason. */
export async function setAlarmMode(
  client: BusClient,
  options: ArmOptions,
  print: (line: string) => void,
): Promise<number> {
  const { mode, code, force } = options;
  const command = { action: 'set-mode' as const, mode, ...(code !== undefined && { code }), ...(force && { force }) };
  await client.command(address, command);
  print(mode === 'disarmed' ? 'Disarmed.' : describeArming(mode, await readAlarm(client, mode)));
  return 0;
}

/** The state in which the alarm has the mode; undefined when none comes. */
async function readAlarm(client: BusClient, mode: AlarmMode): Promise<Alarm | undefined> {
  const arrived = new AbortController();
  let found: Alarm | undefined;
  const stop = client.onState(address, (_, state) => {
    if (state?.mode !== mode) return;
    found = state;
    arrived.abort();
  });
  await systemClock.sleep(listenMs, arrived.signal).catch(() => undefined);
  stop();
  return found;
}

function describeArming(mode: AlarmMode, alarm: Alarm | undefined): string {
  if (alarm?.phase !== 'arming') return `Armed (${mode}).`;
  if (alarm.until === undefined) return `Arming (${mode}).`;
  const leftSec = Math.max(0, Math.ceil((alarm.until - systemClock.now()) / 1000));
  return `Arming (${mode}): armed in ${leftSec} s.`;
}
