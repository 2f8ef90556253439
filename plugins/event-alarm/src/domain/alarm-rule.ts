import type { AlarmMode, ArmedMode } from '@porchlight/core';
import type { CountingRule } from './event-counter.ts';

/** A rule and the modes in which it rings; none means all. */
export interface AlarmRule extends CountingRule {
  modes: readonly ArmedMode[];
}

export function isRuleOn({ modes }: AlarmRule, mode: AlarmMode): boolean {
  return modes.length === 0 || (mode !== 'disarmed' && modes.includes(mode));
}
