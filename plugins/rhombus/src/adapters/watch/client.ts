import {
  createTroubleLog,
  describeError,
  errorCode,
  PorchlightError,
  type Clock,
  type Log,
  type TroubleLog,
} from '@porchlight/core';
import { nextPollMs, type PollSettings } from '../../domain/poll-schedule.ts';
import type { Sighting } from '../../domain/sighting.ts';
import type { Cloud, DeviceLists, FoundDevice, PartOfAlert } from '../../ports.ts';
import { AlertQuestion } from './alert-question.ts';
import { DeviceQuestion } from './device-question.ts';
import { MarkQuestion } from './mark-question.ts';

export interface WatchSettings extends PollSettings {
  withSensors: boolean;
  countMovements: boolean;
  /** How far it looks back at the very first start, in ms. */
  firstLookMs: number;
}

export type Source = 'cloud' | 'devices' | 'alerts' | 'movements' | 'clock';

export interface WatchCallbacks {
  onSighting(sighting: Sighting): void;
  onPart(part: PartOfAlert): void;
  onDevices(lists: DeviceLists): void;
  onProblem(source: Source, problem: string | undefined): void;
  /** Something that is to be remembered has changed. */
  onProgress(): void;
  /** Cameras that are shown. */
  cameras(): FoundDevice[];
}

/** Asks the cloud again and again: for what no push has told, and for the devices. */
export class Watch {
  readonly alerts: AlertQuestion;
  readonly marks: MarkQuestion;
  readonly #devices: DeviceQuestion;
  readonly #cloud: Cloud;
  readonly #settings: WatchSettings;
  readonly #callbacks: WatchCallbacks;
  readonly #clock: Clock;
  readonly #troubles: TroubleLog;
  readonly #stopped = new AbortController();
  readonly #signal: AbortSignal;
  #nap = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #failures = 0;
  #isNudged = false;
  /** How the outage that lasts was noticed. */
  #outage: string | undefined;
  /** Monotonic ms. */
  #streamingSince: number | undefined;
  #lastEventAt: number | undefined;

  constructor(
    { cloud, settings, callbacks }: { cloud: Cloud; settings: WatchSettings; callbacks: WatchCallbacks },
    { clock, log, signal }: { clock: Clock; log: Log; signal: AbortSignal },
  ) {
    this.#cloud = cloud;
    this.#settings = settings;
    this.#callbacks = callbacks;
    this.#clock = clock;
    this.#troubles = createTroubleLog(log, clock);
    this.#signal = AbortSignal.any([signal, this.#stopped.signal]);
    this.alerts = new AlertQuestion({
      cloud,
      firstLookMs: settings.firstLookMs,
      callbacks: { ...callbacks, onChecked: callbacks.onProgress },
      log,
    });
    this.marks = new MarkQuestion(cloud);
    const { requestsPerHour, withSensors, countMovements } = settings;
    this.#devices = new DeviceQuestion({
      cloud,
      settings: { requestsPerHour, withSensors, hintAtPolicies: !countMovements },
      log,
      troubles: this.#troubles,
    });
  }

  /** Resolves after the first round, whatever came of it. */
  async start(): Promise<void> {
    const first = this.#round();
    this.#running = first.then((retryAfterMs) => this.#run(retryAfterMs));
    await first;
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#running;
  }

  /** The change stream has begun or ended: what it has not told is asked for now. */
  setStreaming(isStreaming: boolean): void {
    if (isStreaming === (this.#streamingSince !== undefined)) return;
    this.#streamingSince = isStreaming ? this.#clock.monotonic() : undefined;
    this.nudge();
  }

  /** Something happens; it asks oftener for a while. */
  enliven(): void {
    this.#lastEventAt = this.#clock.monotonic();
  }

  /** Devices have changed. */
  refreshDevices(): void {
    this.#devices.hasten();
    this.nudge();
  }

  /** Asks now: something may have been missed. */
  nudge(): void {
    this.#isNudged = true;
    this.#nap.abort();
  }

  async #run(retryAfterMs: number): Promise<void> {
    for (let least = retryAfterMs; !this.#signal.aborted;) {
      // A nudge must not shorten a wait that the cloud has asked for.
      if (!this.#isNudged || this.#failures > 0) await this.#sleep(Math.max(least, this.#waitMs()));
      this.#isNudged = false;
      if (!this.#signal.aborted) least = await this.#round();
    }
  }

  #waitMs(): number {
    const { countMovements } = this.#settings;
    const now = this.#clock.monotonic();
    const since = (at: number | undefined): number | undefined => (at === undefined ? undefined : now - at);
    const pollMs = nextPollMs(this.#settings, {
      streamingMs: countMovements ? undefined : since(this.#streamingSince),
      sinceEventMs: since(this.#lastEventAt),
      budget: this.#cloud.budget,
      failures: this.#failures,
      callsPerRound: countMovements ? 2 : 1,
    });
    if (this.#failures > 0) return pollMs;
    return Math.max(0, Math.min(pollMs, this.#devices.dueAt - now));
  }

  async #sleep(ms: number): Promise<void> {
    this.#nap = new AbortController();
    const isPatient = this.#failures > 0;
    const signal = isPatient ? this.#signal : AbortSignal.any([this.#signal, this.#nap.signal]);
    await this.#clock.sleep(ms, signal).catch(() => undefined);
  }

  /** One round of questions; how long the cloud asks to be left alone, in ms. */
  async #round(): Promise<number> {
    const questions: [Source, () => Promise<boolean>][] = [
      ['devices', () => this.#askDevices()],
      ['alerts', () => this.#askAlerts()],
      ['movements', () => this.#askMarks()],
    ];
    for (const [source, ask] of questions) {
      try {
        if (!(await ask())) continue;
        this.#settle('cloud');
        this.#settle(source);
      } catch (error) {
        if (this.#signal.aborted) return 0;
        const isPartial = isPartialTrouble(error);
        this.#blame(isPartial ? source : 'cloud', error);
        if (!isPartial) return this.#backOff(error);
      }
    }
    this.#failures = 0;
    this.#judgeClock();
    return 0;
  }

  #settle(source: Source): void {
    if (source === 'cloud') this.#outage = undefined;
    this.#callbacks.onProblem(source, undefined);
    this.#troubles.end(source, source === 'cloud' ? 'Rhombus answers again' : `Rhombus tells of ${source} again`);
  }

  #blame(source: Source, error: unknown): void {
    const isOutage = source === 'cloud' && !(error instanceof PorchlightError && error.retry === 'after-user');
    // An outage has many faces; the first one is told.
    const problem = isOutage ? (this.#outage ??= describeError(error)) : describeError(error);
    this.#callbacks.onProblem(source, problem);
    this.#troubles.begin(source, problem);
  }

  #backOff(error: unknown): number {
    const ours = error instanceof PorchlightError ? error : undefined;
    // What only the owner can mend need not be asked often.
    this.#failures = ours?.retry === 'after-user' ? 10 : this.#failures + 1;
    return ours?.retryAfterMs ?? 0;
  }

  #judgeClock(): void {
    const { aheadMs } = this.#cloud;
    if (aheadMs === 0) {
      this.#callbacks.onProblem('clock', undefined);
      return this.#troubles.end('clock', 'The clock of this machine is right again');
    }
    const problem = `The clock of this machine is ${aheadMs > 0 ? 'slow' : 'fast'}: set it by the network (NTP).`;
    this.#callbacks.onProblem('clock', problem);
    this.#troubles.begin('clock', problem);
  }

  get #now(): number {
    return this.#clock.now() + this.#cloud.aheadMs;
  }

  async #askDevices(): Promise<boolean> {
    const now = this.#clock.monotonic();
    const lists = await this.#devices.ask(now);
    if (!lists) return false;
    this.#callbacks.onDevices(lists);
    await this.#devices.hint(this.#callbacks.cameras(), now);
    return true;
  }

  async #askAlerts(): Promise<boolean> {
    await this.alerts.ask(this.#now);
    return true;
  }

  async #askMarks(): Promise<boolean> {
    if (!this.#settings.countMovements) return false;
    const cameras = this.#callbacks.cameras().map(({ uuid }) => uuid);
    const sightings = await this.marks.ask(cameras, this.#now);
    for (const sighting of sightings) this.#callbacks.onSighting(sighting);
    this.#callbacks.onProgress();
    return true;
  }
}

/** A trouble of one question only; the others may still be answered. */
function isPartialTrouble(error: unknown): boolean {
  const code = errorCode(error) ?? '';
  if (code === 'rhombus.status') return error instanceof PorchlightError && error.retry === 'never';
  return code === 'rhombus.answer' || code === 'rhombus.refused' || code === 'rhombus.forbidden';
}
