import {
  createTroubleLog,
  describeError,
  PorchlightError,
  type Clock,
  type Log,
  type TroubleLog,
} from '@porchlight/core';
import { nextPollMs, type PollSettings } from '../../domain/poll-schedule.ts';
import type { Sighting } from '../../domain/sighting.ts';
import type { AlertPage, Cloud, FoundDevice } from '../../ports.ts';

export interface WatchSettings extends PollSettings {
  withSensors: boolean;
  countMovements: boolean;
  /** How far it looks back at the very first start, in ms. */
  firstLookMs: number;
}

export interface WatchCallbacks {
  onSighting(sighting: Sighting): void;
  onDevices(devices: FoundDevice[]): void;
  onProblem(problem: string | undefined): void;
  /** Cameras whose timelines are read. */
  cameras(): string[];
}

const devicesEveryMs = 300_000;
/** Alerts are listed some time after the movement; so much is asked for again. */
const overlapMs = 600_000;
const longestGapMs = 24 * 3_600_000;
const maxPages = 50;
/** Marks appear on the timeline with a delay. */
const markLookbackMs = 120_000;

/** Asks the cloud again and again: for what no push has told, and for the devices. */
export class Watch {
  readonly #cloud: Cloud;
  readonly #settings: WatchSettings;
  readonly #callbacks: WatchCallbacks;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #troubles: TroubleLog;
  readonly #stopped = new AbortController();
  readonly #signal: AbortSignal;
  #nap = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #devicesAt: number | undefined;
  #failures = 0;
  #isNudged = false;
  isStreaming = false;
  lastEventAt: number | undefined;
  /** Up to when all alerts have been asked for, epoch ms. */
  checkedTo: number | undefined;

  constructor(
    { cloud, settings, callbacks }: { cloud: Cloud; settings: WatchSettings; callbacks: WatchCallbacks },
    { clock, log, signal }: { clock: Clock; log: Log; signal: AbortSignal },
  ) {
    this.#cloud = cloud;
    this.#settings = settings;
    this.#callbacks = callbacks;
    this.#clock = clock;
    this.#log = log;
    this.#troubles = createTroubleLog(log, clock);
    this.#signal = AbortSignal.any([signal, this.#stopped.signal]);
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

  /** Asks now: something may have been missed. */
  nudge(what: 'alerts' | 'devices'): void {
    if (what === 'devices') this.#devicesAt = undefined;
    this.#isNudged = true;
    this.#nap.abort();
  }

  async #run(retryAfterMs: number): Promise<void> {
    for (let least = retryAfterMs; !this.#signal.aborted;) {
      const { countMovements } = this.#settings;
      const situation = {
        isStreaming: this.isStreaming && !countMovements,
        lastEventAt: this.lastEventAt,
        budget: this.#cloud.budget,
        failures: this.#failures,
        callsPerRound: countMovements ? 2 : 1,
      };
      const waitMs = Math.max(least, nextPollMs(this.#settings, situation, this.#clock.now()));
      // A nudge must not shorten a wait that the cloud has asked for.
      if (!this.#isNudged || this.#failures > 0) await this.#sleep(waitMs);
      this.#isNudged = false;
      if (!this.#signal.aborted) least = await this.#round();
    }
  }

  async #sleep(ms: number): Promise<void> {
    this.#nap = new AbortController();
    const isPatient = this.#failures > 0;
    const signal = isPatient ? this.#signal : AbortSignal.any([this.#signal, this.#nap.signal]);
    await this.#clock.sleep(ms, signal).catch(() => undefined);
  }

  /** One round of questions; how long the cloud asks to be left alone, in ms. */
  async #round(): Promise<number> {
    try {
      await this.#askDevices();
      await this.#askAlerts();
      if (this.#settings.countMovements) await this.#askMarks();
      this.#failures = 0;
      this.#callbacks.onProblem(undefined);
      this.#troubles.end('cloud', 'Rhombus answers again');
      return 0;
    } catch (error) {
      if (this.#signal.aborted) return 0;
      const ours = error instanceof PorchlightError ? error : undefined;
      // What only the owner can mend need not be asked often.
      this.#failures = ours?.retry === 'after-user' ? 10 : this.#failures + 1;
      const problem = describeError(error);
      this.#callbacks.onProblem(problem);
      this.#troubles.begin('cloud', problem);
      return ours?.retryAfterMs ?? 0;
    }
  }

  async #askDevices(): Promise<void> {
    const now = this.#clock.monotonic();
    if (this.#devicesAt !== undefined && now - this.#devicesAt < devicesEveryMs) return;
    const { devices, unseen } = await this.#cloud.devices(this.#settings.withSensors);
    this.#devicesAt = now;
    if (unseen.length > 0)
      this.#troubles.begin('unseen', `The key may not list ${unseen.join(', ')}; they are left out.`);
    this.#callbacks.onDevices(devices);
    await this.#hintAtPolicies(devices);
  }

  /** A camera whose policy does not report motion stays silent for ever; its owner should know. */
  async #hintAtPolicies(devices: readonly FoundDevice[]): Promise<void> {
    if (this.#settings.countMovements) return;
    let policies: ReadonlySet<string>;
    try {
      policies = await this.#cloud.motionPolicies();
    } catch (error) {
      return this.#log.debug(`Policies cannot be read: ${describeError(error)}`);
    }
    const silent = devices.filter(({ kind, policy }) => kind === 'camera' && policy && !policies.has(policy));
    if (silent.length === 0) return this.#troubles.end('policies', 'Every camera has a policy that reports motion');
    const names = silent.map(({ name }) => name).join(', ');
    this.#troubles.begin(
      'policies',
      `The alert policy of ${names} does not report motion: add it in the Rhombus Console, or switch on "Count movements".`,
    );
  }

  async #askAlerts(): Promise<void> {
    const now = this.#clock.now();
    const since =
      this.checkedTo === undefined
        ? now - this.#settings.firstLookMs
        : Math.max(Math.min(this.checkedTo, now) - overlapMs, now - longestGapMs);
    const found: Sighting[] = [];
    let from: AlertPage['next'];
    for (let page = 0; page < maxPages; page += 1) {
      const { sightings, next }: AlertPage = await this.#cloud.alerts(since, from);
      found.push(...sightings);
      if (!next || (from && next.at === from.at && next.uuid === from.uuid)) break;
      from = next;
    }
    for (const sighting of found.toSorted((a, b) => a.at - b.at)) this.#callbacks.onSighting(sighting);
    this.checkedTo = now;
  }

  async #askMarks(): Promise<void> {
    const cameras = this.#callbacks.cameras();
    if (cameras.length === 0) return;
    const since = this.#clock.now() - markLookbackMs - this.#settings.pollMs;
    const marks = await this.#cloud.marks(cameras, since, markLookbackMs + this.#settings.pollMs + 1000);
    for (const mark of marks.toSorted((a, b) => a.at - b.at)) this.#callbacks.onSighting(mark);
  }
}
