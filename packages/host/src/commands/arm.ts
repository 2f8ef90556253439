import type { BusClient } from '@porchlight/bus';
import type { AlarmMode } from '@porchlight/core';

export interface ArmOptions {
  mode: AlarmMode;
  code?: string;
  force?: boolean;
}

/** `porchlight arm` and `porchlight disarm`. Rejects with the alarm's own reason. */
export async function setAlarmMode(
  client: BusClient,
  options: ArmOptions,
  print: (line: string) => void,
): Promise<number> {
  const { mode, code, force } = options;
  const command = { action: 'set-mode' as const, mode, ...(code !== undefined && { code }), ...(force && { force }) };
  await client.command({ service: 'event-alarm', device: 'alarm', capability: 'alarm' }, command);
  print(mode === 'disarmed' ? 'Disarmed.' : `Armed (${mode}).`);
  return 0;
}
