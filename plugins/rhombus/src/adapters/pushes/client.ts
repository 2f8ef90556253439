import { createTroubleLog, type Clock, type Log, type TroubleLog } from '@porchlight/core';
import type { Push, PushCallbacks } from '../../ports.ts';

interface Ways {
  stream: Push | undefined;
  webhook: Push | undefined;
}

interface Callbacks extends Omit<PushCallbacks, 'onState'> {
  onStreaming(isStreaming: boolean): void;
  onWebhookProblem(problem: string | undefined): void;
}

/** The ways in which Rhombus tells us by itself, and what is said about them. */
export class Pushes {
  readonly #ways: Ways;
  readonly #troubles: TroubleLog;

  constructor(ways: Ways, { clock, log }: { clock: Clock; log: Log }) {
    this.#ways = ways;
    this.#troubles = createTroubleLog(log, clock);
  }

  start({ onStreaming, onWebhookProblem, ...callbacks }: Callbacks): void {
    let failures = 0;
    let message: string | undefined;
    this.#ways.stream?.start({
      ...callbacks,
      onState: (isRunning, problem) => {
        failures = isRunning ? 0 : failures + 1;
        if (isRunning) {
          message = undefined;
          this.#troubles.end('stream', 'The change stream runs again');
        }
        // A stream that is opened again at once is nothing to speak of, and one reason is enough.
        if (failures > 1) {
          message ??= `The change stream does not run (${problem}); alerts are asked for meanwhile.`;
          this.#troubles.begin('stream', message);
        }
        onStreaming(isRunning);
      },
    });
    this.#ways.webhook?.start({
      ...callbacks,
      onState: (isRunning, problem) => {
        if (isRunning) this.#troubles.end('webhook', 'The webhook port is open');
        else this.#troubles.begin('webhook', problem ?? 'The webhook port is not open.');
        onWebhookProblem(isRunning ? undefined : problem);
      },
    });
  }

  async stop(): Promise<void> {
    await Promise.all([this.#ways.stream?.stop(), this.#ways.webhook?.stop()]);
  }
}
