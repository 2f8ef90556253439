import { describeError, type Log, type TroubleLog } from '@porchlight/core';
import type { BudgetSettings } from '../../domain/budget.ts';
import { devicesEveryMs, devicesLeastMs } from '../../domain/poll-schedule.ts';
import type { Cloud, DeviceLists, FoundDevice } from '../../ports.ts';

/** After a list that could not be read, in ms. */
const retryMs = 60_000;
const policiesEveryMs = 3_600_000;

interface Settings extends BudgetSettings {
  withSensors: boolean;
  /** Whether to say which cameras will never report motion. */
  hintAtPolicies: boolean;
}

/** Asks for the lists of devices when they are due. */
export class DeviceQuestion {
  readonly #cloud: Cloud;
  readonly #settings: Settings;
  readonly #log: Log;
  readonly #troubles: TroubleLog;
  /** Monotonic ms. */
  #dueAt = Number.NEGATIVE_INFINITY;
  #askedAt = Number.NEGATIVE_INFINITY;
  #policiesDueAt = Number.NEGATIVE_INFINITY;
  /** Calls that the lists took last. */
  #calls = 1;

  constructor(parts: { cloud: Cloud; settings: Settings; log: Log; troubles: TroubleLog }) {
    this.#cloud = parts.cloud;
    this.#settings = parts.settings;
    this.#log = parts.log;
    this.#troubles = parts.troubles;
  }

  get dueAt(): number {
    return this.#dueAt;
  }

  /** Something about devices has changed. */
  hasten(): void {
    this.#dueAt = Math.min(this.#dueAt, this.#askedAt + devicesLeastMs(this.#settings, this.#calls));
  }

  /** The lists, or undefined while they are not due. */
  async ask(now: number): Promise<DeviceLists | undefined> {
    if (now < this.#dueAt) return undefined;
    this.#askedAt = now;
    this.#dueAt = now + retryMs;
    const lists = await this.#cloud.devices(this.#settings.withSensors);
    this.#calls = lists.calls;
    this.#dueAt = now + devicesEveryMs(this.#settings, lists.calls);
    this.#tellUnseen(lists.unseen);
    return lists;
  }

  #tellUnseen(unseen: readonly string[]): void {
    if (unseen.length === 0) return this.#troubles.end('unseen', 'The key may list everything now');
    const list = unseen.join(', ');
    this.#troubles.begin(
      'unseen',
      `The key may not list ${list}; they are left out. Give its role view access to them in the Rhombus Console, if you want them.`,
    );
  }

  /** A camera whose policy does not report motion stays silent for ever; its owner should know. */
  async hint(shown: readonly FoundDevice[], now: number): Promise<void> {
    if (!this.#settings.hintAtPolicies || now < this.#policiesDueAt) return;
    this.#policiesDueAt = now + policiesEveryMs;
    let policies: ReadonlySet<string>;
    try {
      policies = await this.#cloud.motionPolicies();
    } catch (error) {
      return this.#log.debug(`Policies cannot be read: ${describeError(error)}`);
    }
    const silent = shown.filter(({ kind, policy }) => kind === 'camera' && policy && !policies.has(policy));
    if (silent.length === 0) return this.#troubles.end('policies', 'Every camera has a policy that reports motion');
    const names = silent.map(({ name }) => name).join(', ');
    this.#troubles.begin(
      'policies',
      `The alert policy of ${names} does not report motion: add it in the Rhombus Console, or switch on "Count movements".`,
    );
  }
}
