interface Limits {
  now: () => number;
  pinsBeforeLock: number;
  signInsBeforeLock: number;
  lockMinutes: number;
  locked: boolean;
}

const dayMs = 86_400_000;

/** Locks the account for a while after too many PINs, wrong PINs or sign-ins within a day. */
export class SignInGuard {
  readonly #limits: Limits;
  #signIns: number[] = [];
  #pins: number[] = [];
  #wrongPins: number[] = [];
  #lockedUntil: number | undefined;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  onSignIn(): void {
    this.#signIns = this.#count(this.#signIns, this.#limits.signInsBeforeLock);
  }

  onPin(): void {
    this.#pins = this.#count(this.#pins, this.#limits.pinsBeforeLock);
  }

  onWrongPin(): void {
    this.#wrongPins = this.#count(this.#wrongPins, this.#limits.pinsBeforeLock);
  }

  /** A lock set from outside stays until it is taken off there. */
  isLocked(): boolean {
    if (this.#lockedUntil !== undefined && this.#lockedUntil <= this.#limits.now()) this.unlock();
    return this.#limits.locked;
  }

  /** As after a word with the support: nothing counts any more. */
  unlock(): void {
    this.#limits.locked = false;
    this.#lockedUntil = undefined;
    this.#signIns = [];
    this.#pins = [];
    this.#wrongPins = [];
  }

  #count(times: readonly number[], most: number): number[] {
    const now = this.#limits.now();
    const recent = [...times.filter((at) => at > now - dayMs), now];
    if (recent.length <= most) return recent;
    this.#limits.locked = true;
    this.#lockedUntil = now + this.#limits.lockMinutes * 60_000;
    return recent;
  }
}
