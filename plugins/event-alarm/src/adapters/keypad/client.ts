import type { CommandOf, CommandOrigin } from '@porchlight/core';
import { createHash, timingSafeEqual } from 'node:crypto';
import { isBlocked, onCode, type CodeGuard } from '../../domain/code-guard.ts';
import { codeBlocked, wrongCode } from '../../errors.ts';

/** Looks at the code of a command where one is needed: never in Apple Home, which is paired, always on the bus. */
export class AlarmKeypad {
  guard: CodeGuard;
  readonly #code: string | undefined;
  readonly #codeToArm: boolean;

  constructor(code: string | undefined, codeToArm: boolean, guard: CodeGuard) {
    this.#code = code;
    this.#codeToArm = codeToArm;
    this.guard = guard;
  }

  /** Throws when the code is needed and is not right. Arming that would end an alarm is as good as disarming. */
  check(command: CommandOf<'alarm'>, origin: CommandOrigin, now: number, isSounding: boolean): void {
    if (this.#code === undefined || origin !== 'bus') return;
    const isArming = command.action === 'set-mode' && command.mode !== 'disarmed' && !isSounding;
    if (command.action === 'trigger' || (isArming && !this.#codeToArm)) return;
    if (isBlocked(this.guard, now)) throw codeBlocked();
    const isRight = isSame(command.code ?? '', this.#code);
    this.guard = onCode(this.guard, isRight, now);
    if (!isRight) throw wrongCode();
  }
}

/** In constant time, whatever the lengths. */
function isSame(given: string, code: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(code));
}
