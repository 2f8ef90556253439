import type { AlarmMode, AlarmPhase, ArmedMode, DeviceEvent } from '@porchlight/core';

export interface AlarmSettings {
  delays: Readonly<Partial<Record<ArmedMode, { exitMs: number; entryMs: number }>>>;
  triggerMs: number;
  /** Whether it rings on, after its time, until it is disarmed. */
  ringsOn: boolean;
  abortMs: number;
  refusesOfflineSources: boolean;
  /** A device that has rung it this often since the arming is ignored; 0 never ignores one. */
  maxAlarmsPerDevice: number;
}

/** Why it rings or is about to. */
export interface Incident {
  id: string;
  startedAt: number;
  /** One sentence. */
  reason: string;
  /** The events that were counted, as far as they are known. */
  events: readonly DeviceEvent[];
  /** Only to see that it works. */
  isTest: boolean;
}

/** All that must survive a restart. Times are epoch milliseconds. */
export interface AlarmState {
  mode: AlarmMode;
  phase: AlarmPhase;
  /** When the running delay or the sounding ends; absent where it has no end. */
  until?: number;
  reason?: string;
  incident?: Incident;
  /** When people are told of the incident; absent once they have been. */
  notifyAt?: number;
  /** Since when it watches; what happened earlier never rings it. */
  armedAt?: number;
  /** How often each device (service/device) has rung it since the arming. */
  alarmsByDevice: Readonly<Record<string, number>>;
}

export type AlarmInput =
  | { type: 'set-mode'; mode: AlarmMode; offline: readonly string[]; force?: boolean; skipDelay?: boolean }
  | { type: 'silence' }
  /** By hand it rings at once, whatever the mode; a test does so too, and ends by itself. */
  | { type: 'ring'; id: string; reason: string; events: readonly DeviceEvent[]; by?: 'events' | 'hand' | 'test' }
  /** The time `until` has come. */
  | { type: 'deadline' }
  /** The time `notifyAt` has come. */
  | { type: 'notify-deadline' };

export type AlarmEffect =
  /** It watches from now on: what happened before does not count. */
  | { type: 'watch' }
  /** It no longer watches. */
  | { type: 'unwatch' }
  | { type: 'announce'; what: 'armed' | 'disarmed' | 'triggered' | 'cleared' | 'pending' }
  | { type: 'start-actions' }
  | { type: 'stop-actions' }
  | { type: 'notify'; incident: Incident }
  | { type: 'warn-offline'; offline: readonly string[] }
  | { type: 'refuse'; message: string };

export interface AlarmStep {
  state: AlarmState;
  effects: AlarmEffect[];
}

export const disarmedState: AlarmState = { mode: 'disarmed', phase: 'idle', alarmsByDevice: {} };

/** The life of the alarm. Time is given as `now`, epoch milliseconds; deadlines come in as inputs. */
export function stepAlarm(settings: AlarmSettings, state: AlarmState, input: AlarmInput, now: number): AlarmStep {
  switch (input.type) {
    case 'set-mode':
      return input.mode === 'disarmed' ? disarm(state) : arm(settings, state, { ...input, mode: input.mode }, now);
    case 'silence':
      return silence(state);
    case 'ring':
      return ring(settings, state, input, now);
    case 'deadline':
      return onDeadline(settings, state, now);
    case 'notify-deadline':
      return onNotifyDeadline(state);
  }
}

/** Whether an event may ring the alarm: a device that has done so too often is ignored until the next arming. */
export function isHeeded({ maxAlarmsPerDevice }: AlarmSettings, state: AlarmState, event: DeviceEvent): boolean {
  if (maxAlarmsPerDevice === 0) return true;
  return (state.alarmsByDevice[`${event.service}/${event.device}`] ?? 0) < maxAlarmsPerDevice;
}

/** Whether something goes on or off by it: what only tells may come after. */
export function isUrgent({ type }: AlarmEffect): boolean {
  return type === 'start-actions' || type === 'stop-actions';
}

/** Whether events ring the alarm now. */
export function isWatching({ phase }: AlarmState): boolean {
  return phase === 'armed' || phase === 'pending' || phase === 'triggered';
}

/** Whether it rings or is about to: who ends that has to be somebody who may disarm. */
export function isSounding({ phase }: AlarmState): boolean {
  return phase === 'pending' || phase === 'triggered';
}

/** Within this time after it was due, a notice may still be on its way when the process is killed, milliseconds. */
const noticeMs = 60_000;

/** The incident that people may not have been told of because the process was killed; told again, it counts once. */
export function findUntold({ abortMs }: AlarmSettings, state: AlarmState, now: number): Incident | undefined {
  const { phase, notifyAt, incident } = state;
  if (phase !== 'triggered' || notifyAt !== undefined || !incident) return undefined;
  const age = now - incident.startedAt - abortMs;
  return age < noticeMs ? incident : undefined;
}

function disarm(state: AlarmState): AlarmStep {
  if (state.mode === 'disarmed' && state.phase === 'idle') return { state: withoutReason(state), effects: [] };
  const effects: AlarmEffect[] = [...ending(state), { type: 'unwatch' }];
  if (state.mode !== 'disarmed') effects.push({ type: 'announce', what: 'disarmed' });
  return { state: disarmedState, effects };
}

function arm(
  settings: AlarmSettings,
  state: AlarmState,
  input: Extract<AlarmInput, { type: 'set-mode' }> & { mode: ArmedMode },
  now: number,
): AlarmStep {
  const { mode, offline } = input;
  const { phase } = state;
  const isUnderWay = phase === 'armed' || phase === 'pending' || (phase === 'arming' && !input.skipDelay);
  const isSet = state.mode === mode && isUnderWay;
  if (isSet) return { state, effects: [] };
  if (settings.refusesOfflineSources && offline.length > 0 && !input.force) {
    const reason = `Not armed: no answer from ${offline.join(', ')}.`;
    return { state: { ...state, reason }, effects: [{ type: 'refuse', message: reason }] };
  }
  const effects: AlarmEffect[] = ending(state);
  if (offline.length > 0) effects.push({ type: 'warn-offline', offline });
  const reason = offline.length > 0 ? { reason: `Armed without ${offline.join(', ')}.` } : {};
  const exitMs = settings.delays[mode]?.exitMs ?? 0;
  // From one armed mode to another nobody has to leave first.
  const isGuarded = state.mode !== 'disarmed' && isWatching(state);
  if (exitMs > 0 && !input.skipDelay && !isGuarded) {
    return { state: { mode, phase: 'arming', until: now + exitMs, alarmsByDevice: {}, ...reason }, effects };
  }
  effects.push({ type: 'watch' }, { type: 'announce', what: 'armed' });
  return { state: { mode, phase: 'armed', armedAt: now, alarmsByDevice: {}, ...reason }, effects };
}

/** Ends the ringing, or the delay before it, and leaves the mode as it is. */
function silence(state: AlarmState): AlarmStep {
  if (!isSounding(state)) return { state, effects: [] };
  return { state: calmed(state), effects: ending(state) };
}

function ring(
  settings: AlarmSettings,
  state: AlarmState,
  input: Extract<AlarmInput, { type: 'ring' }>,
  now: number,
): AlarmStep {
  const { id, reason, events, by = 'events' } = input;
  if (!canRing(state, by)) return { state, effects: [] };
  const incident: Incident = { id, startedAt: now, reason, events, isTest: by === 'test' };
  const counted = { ...state, incident, reason, alarmsByDevice: countDevices(state.alarmsByDevice, events) };
  const entryMs = state.mode === 'disarmed' ? 0 : (settings.delays[state.mode]?.entryMs ?? 0);
  if (entryMs > 0 && by === 'events') {
    const pending: AlarmState = { ...counted, phase: 'pending', until: now + entryMs };
    return { state: pending, effects: [{ type: 'announce', what: 'pending' }] };
  }
  return sound(settings, counted, incident, now);
}

/** What comes while it rings belongs to the same incident; a test leaves a delay that is running alone. */
function canRing({ phase }: AlarmState, by: 'events' | 'hand' | 'test'): boolean {
  if (by === 'events') return phase === 'armed';
  return phase !== 'triggered' && (by === 'hand' || (phase !== 'arming' && phase !== 'pending'));
}

function sound(settings: AlarmSettings, state: AlarmState, incident: Incident, now: number): AlarmStep {
  const { triggerMs, abortMs, ringsOn } = settings;
  const { until: _over, ...rest } = state;
  const isEndless = ringsOn && !incident.isTest;
  const triggered: AlarmState = {
    ...rest,
    phase: 'triggered',
    ...(!isEndless && { until: now + triggerMs }),
    ...(abortMs > 0 && { notifyAt: now + abortMs }),
  };
  // The lamp and the tile first: messages may take their time.
  const effects: AlarmEffect[] = [{ type: 'start-actions' }, { type: 'announce', what: 'triggered' }];
  if (abortMs === 0) effects.push({ type: 'notify', incident });
  return { state: triggered, effects };
}

function onDeadline(settings: AlarmSettings, state: AlarmState, now: number): AlarmStep {
  switch (state.phase) {
    case 'arming': {
      const { until: _over, ...rest } = state;
      const effects: AlarmEffect[] = [{ type: 'watch' }, { type: 'announce', what: 'armed' }];
      return { state: { ...rest, phase: 'armed', armedAt: now }, effects };
    }
    case 'pending':
      return state.incident ? sound(settings, state, state.incident, now) : { state: calmed(state), effects: [] };
    case 'triggered': {
      const late: AlarmEffect[] = state.notifyAt !== undefined && state.incident ? [toNotice(state.incident)] : [];
      return { state: calmed(state), effects: [...late, ...ending(state)] };
    }
    default:
      return { state, effects: [] };
  }
}

function onNotifyDeadline(state: AlarmState): AlarmStep {
  const { notifyAt, ...rest } = state;
  if (notifyAt === undefined || state.phase !== 'triggered' || !state.incident) return { state: rest, effects: [] };
  return { state: rest, effects: [toNotice(state.incident)] };
}

function toNotice(incident: Incident): AlarmEffect {
  return { type: 'notify', incident };
}

/** What has to end with the phase that is left. */
function ending({ phase }: AlarmState): AlarmEffect[] {
  return phase === 'triggered' ? [{ type: 'stop-actions' }, { type: 'announce', what: 'cleared' }] : [];
}

function calmed(state: AlarmState): AlarmState {
  const { mode, alarmsByDevice, armedAt } = state;
  const phase = mode === 'disarmed' ? 'idle' : 'armed';
  return { mode, phase, alarmsByDevice, ...(armedAt !== undefined && { armedAt }) };
}

function withoutReason({ reason: _reason, ...state }: AlarmState): AlarmState {
  return state;
}

function countDevices(counts: AlarmState['alarmsByDevice'], events: readonly DeviceEvent[]): Record<string, number> {
  const devices = new Set(events.map(({ service, device }) => `${service}/${device}`));
  return { ...counts, ...Object.fromEntries([...devices].map((device) => [device, (counts[device] ?? 0) + 1])) };
}
