import type { Clock } from '@porchlight/core';
import type { Grade } from '../../src/domain/grade.ts';
import { holdsTimer } from '../../src/domain/grade.ts';
import type { Reading } from '../../src/domain/reading.ts';
import { unanswered, unreachable } from '../../src/errors.ts';
import type { PlugPort } from '../../src/ports.ts';

/** A plug on the test's clock that notes what it is told. */
export class FakePlug implements PlugPort {
  grade: Grade = 'A';
  identity = { manufacturer: 'Fake', model: 'Plug' };
  on = true;
  watts: number | undefined;
  isTimerBroken = false;
  /** `silent`: it cannot be reached. `deaf`: it obeys and never answers. */
  trouble: 'silent' | 'deaf' | undefined;
  readonly told: string[] = [];
  isClosed = false;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async read(): Promise<Reading> {
    if (this.trouble === 'silent') throw unreachable('Router');
    return { on: this.on, ...(this.watts !== undefined && { watts: this.on ? this.watts : 0 }) };
  }

  async switch(on: boolean): Promise<void> {
    if (this.trouble === 'silent') throw unreachable('Router');
    this.told.push(on ? 'on' : 'off');
    this.on = on;
  }

  async cut(offSeconds: number): Promise<void> {
    if (this.trouble === 'silent') throw unreachable('Router');
    this.told.push(`cut ${offSeconds}`);
    this.on = false;
    if (holdsTimer(this.grade) && !this.isTimerBroken) {
      void this.#clock.sleep(offSeconds * 1000).then(() => (this.on = true));
    }
    if (this.trouble === 'deaf') throw unanswered('Router');
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }
}
