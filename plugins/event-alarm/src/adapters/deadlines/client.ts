import { createDeadline, type Clock, type Deadline } from '@porchlight/core';
import type { AlarmSettings, AlarmState } from '../../domain/alarm.ts';
import { remaining } from '../../domain/remaining.ts';

/** The alarm's two deadlines on a monotonic clock. */
export interface AlarmDeadlines {
  /** Sets what the state asks for; a deadline that is the same as before goes on, whatever the wall clock does. */
  follow(state: AlarmState): void;
  clear(): void;
}

export function createAlarmDeadlines(
  parts: { clock: Clock; settings: AlarmSettings },
  onDue: { phase: () => void; notice: () => void },
): AlarmDeadlines {
  const { clock, settings } = parts;
  const phase = createDeadline(clock, onDue.phase);
  const notice = createDeadline(clock, onDue.notice);
  let before: Pick<AlarmState, 'until' | 'notifyAt'> = {};
  return {
    follow(state) {
      const left = remaining(settings, state, clock.now());
      if (state.until !== before.until) setOrClear(phase, left.phase);
      if (state.notifyAt !== before.notifyAt) setOrClear(notice, left.notice);
      before = state;
    },
    clear() {
      phase.clear();
      notice.clear();
    },
  };
}

function setOrClear(deadline: Deadline, delayMs: number | undefined): void {
  if (delayMs === undefined) deadline.clear();
  else deadline.set(delayMs);
}
