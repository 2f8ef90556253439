import { sosStepsMs, type FlashPlan } from '../../domain/flash.ts';
import type { LampSettings } from '../../domain/lamp.ts';
import type { LampConfig } from '../finder/client.ts';

/** What the decisions need of a lamp's configuration, in milliseconds. */
export function toLampSettings(lamp: LampConfig): LampSettings {
  const { autoOffSeconds, atStart, atStop } = lamp;
  const flash = toFlashPlan(lamp);
  return {
    atStart,
    atStop,
    ...(flash && { flash }),
    ...(autoOffSeconds > 0 && { autoOffMs: autoOffSeconds * 1000 }),
  };
}

function toFlashPlan({ pattern, onSeconds, offSeconds, flashes }: LampConfig): FlashPlan | undefined {
  if (pattern === 'steady') return undefined;
  const stepsMs = pattern === 'sos' ? sosStepsMs : [onSeconds * 1000, offSeconds * 1000];
  return { stepsMs, ...(flashes > 0 && { repeats: flashes }) };
}
