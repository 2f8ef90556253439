import type { Log } from '@porchlight/core';
import { findUntold, type AlarmEffect, type AlarmSettings, type AlarmState } from '../domain/alarm.ts';
import type { openAdapters } from './open.ts';

type Adapters = Pick<ReturnType<typeof openAdapters>, 'switches' | 'people' | 'publish' | 'devices' | 'askForFootage'>;

/** Does what the domain decided. Each effect only starts something: none holds the next one. */
export function carryOut(
  { switches, people, publish, devices, askForFootage }: Adapters,
  effect: AlarmEffect,
  { state, now, name, log }: { state: AlarmState; now: number; name: string; log: Log },
): void {
  switch (effect.type) {
    case 'watch':
      return switches.guard();
    case 'unwatch':
      return switches.release();
    case 'start-actions':
      return switches.start();
    case 'stop-actions':
      return switches.stop();
    case 'announce': {
      const { what } = effect;
      log.info(`${name}: ${what}${state.reason === undefined ? '' : ` (${state.reason})`}.`);
      devices.announce(
        what,
        now,
        state.incident?.events.flatMap(({ media = [] }) => media),
      );
      if (what !== 'pending') publish(what);
      if (what === 'triggered' && state.incident) askForFootage(state.incident, now);
      return undefined;
    }
    case 'notify':
      return people.tellIncident(effect.incident);
    case 'warn-offline':
      return people.warn('armed-offline', name, `Armed, but no answer from ${effect.offline.join(', ')}.`);
    case 'refuse':
      return undefined;
  }
}

/** Goes on with what an earlier run was doing in this state. */
export async function resumeActions(
  { switches, people }: Pick<Adapters, 'switches' | 'people'>,
  settings: AlarmSettings,
  state: AlarmState,
  now: number,
): Promise<void> {
  await switches.resume({ isRinging: state.phase === 'triggered', isArmed: state.mode !== 'disarmed' });
  const untold = findUntold(settings, state, now);
  if (untold) people.tellIncident(untold);
}
