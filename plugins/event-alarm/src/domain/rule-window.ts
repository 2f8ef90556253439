/** When a rule is fulfilled: this many events, of this many devices, within this time. */
export interface WindowRule {
  /** Both ends of the window belong to it, milliseconds. */
  windowMs: number;
  threshold: number;
  minDistinctDevices: number;
}

/** Device numbers are below this. */
export const maxDevices = 65_536;
/** Entries kept beyond what the threshold needs; a flood is thinned out beyond it. */
const spareEntries = 4096;

/**
 * The events of one rule in the order of their time. Whether enough of them lie in a window is one look at the event
 * that lies `threshold` before its end. Adding in order costs O(1) amortised; one out of order is found by bisection and
 * moved into place within a buffer of bounded size.
 *
 * A flood never hides a ringing: what is thinned out are older events of devices that have `threshold` newer ones.
 */
export class RuleWindow {
  readonly #rule: WindowRule;
  readonly #lateMs: number;
  readonly #maxEntries: number;
  #times = new Float64Array(64);
  /** Event number × maxDevices + device number: one array less to move. */
  #entries = new Float64Array(64);
  #head = 0;
  #tail = 0;
  #lastNow = Number.NEGATIVE_INFINITY;
  /** When each device was seen last; kept only where the rule asks for several. */
  readonly #lastSeen = new Map<number, number>();

  constructor(rule: WindowRule, lateMs: number) {
    this.#rule = rule;
    this.#lateMs = lateMs;
    this.#maxEntries = spareEntries + 4 * rule.threshold;
  }

  /**
   * Adds an event (`at` is not after `now`) and tells whether the rule is fulfilled: in the window that ends now or, for
   * an event that is late by no more than `lateMs`, in the one that ends at its own time.
   */
  add(at: number, device: number, number: number, now: number): boolean {
    if (this.#tail === this.#times.length) this.#makeRoom();
    this.#lastNow = now;
    if (this.#rule.minDistinctDevices > 1) this.#see(device, at);
    const isLate = now - at <= this.#lateMs;
    const newest = this.#tail === this.#head ? at : (this.#times[this.#tail - 1] as number);
    if (at >= newest) {
      this.#put(this.#tail++, at, number * maxDevices + device);
      // Nothing lies between the newest event and now: its own window holds all that the window until now does.
      return this.#isEnough(isLate ? at : now, this.#tail);
    }
    const index = this.#upper(at);
    this.#times.copyWithin(index + 1, index, this.#tail);
    this.#entries.copyWithin(index + 1, index, this.#tail++);
    this.#put(index, at, number * maxDevices + device);
    // After a jump back of the clock some are later than now.
    const end = newest <= now ? this.#tail : this.#upper(now);
    return this.#isEnough(now, end) || (isLate && this.#isEnough(at, index + 1));
  }

  /** Events in the window that ends at `end`. */
  count(end: number): number {
    return Math.max(0, this.#upper(end) - this.#lower(end - this.#rule.windowMs));
  }

  /** Numbers of the events that fulfil the rule now or, failing that, at `at`; the oldest first. */
  fulfilling(now: number, at: number): number[] {
    const end = this.#isEnough(now, this.#upper(now)) ? now : at;
    const entries = this.#entries.subarray(this.#lower(end - this.#rule.windowMs), this.#upper(end));
    return Array.from(entries, (entry) => Math.floor(entry / maxDevices));
  }

  /** Takes events out, because an alarm has used them. */
  remove(numbers: ReadonlySet<number>): void {
    this.#keep((entry) => !numbers.has(Math.floor(entry / maxDevices)));
  }

  clear(): void {
    this.#head = this.#tail = 0;
    this.#lastSeen.clear();
  }

  /** Whether the window that ends at `end`, before the index `to`, holds what the rule asks for. */
  #isEnough(end: number, to: number): boolean {
    const { threshold, minDistinctDevices, windowMs } = this.#rule;
    const first = to - threshold;
    if (first < this.#head || (this.#times[first] as number) < end - windowMs) return false;
    return minDistinctDevices <= 1 || this.#hasDevices(end - windowMs, to);
  }

  #hasDevices(since: number, to: number): boolean {
    const { minDistinctDevices } = this.#rule;
    if (to === this.#tail) {
      let found = 0;
      for (const at of this.#lastSeen.values()) if (at >= since && ++found >= minDistinctDevices) return true;
      return false;
    }
    const devices = new Set<number>();
    // From the newest on: a few events usually tell.
    for (let index = to - 1; index >= this.#head && (this.#times[index] as number) >= since; index -= 1) {
      if (devices.add((this.#entries[index] as number) % maxDevices).size >= minDistinctDevices) return true;
    }
    return false;
  }

  #see(device: number, at: number): void {
    const before = this.#lastSeen.get(device);
    if (before === undefined || at > before) this.#lastSeen.set(device, at);
  }

  #put(index: number, at: number, entry: number): void {
    this.#times[index] = at;
    this.#entries[index] = entry;
  }

  /** First index whose time is at or after `time`. */
  #lower(time: number): number {
    let [low, high] = [this.#head, this.#tail];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#times[middle] as number) < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** First index whose time is after `time`. */
  #upper(time: number): number {
    let [low, high] = [this.#head, this.#tail];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#times[middle] as number) <= time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Lets go of what no window can hold and moves the rest to the front; a flood is thinned out, then the buffer grows. */
  #makeRoom(): void {
    this.#head = this.#lower(this.#lastNow - this.#rule.windowMs - this.#lateMs);
    if (this.#tail - this.#head >= this.#maxEntries) this.#thinOut();
    const used = this.#tail - this.#head;
    this.#times = moveToFront(this.#times, this.#head, used);
    this.#entries = moveToFront(this.#entries, this.#head, used);
    this.#head = 0;
    this.#tail = used;
    const oldest = this.#times[0] ?? 0;
    for (const [device, at] of this.#lastSeen) if (at < oldest) this.#lastSeen.delete(device);
  }

  #thinOut(): void {
    const newer = new Map<number, number>();
    const kept = new Set<number>();
    for (let index = this.#tail - 1; index >= this.#head && kept.size < this.#maxEntries / 2; index -= 1) {
      const entry = this.#entries[index] as number;
      const count = newer.get(entry % maxDevices) ?? 0;
      if (count >= this.#rule.threshold) continue;
      newer.set(entry % maxDevices, count + 1);
      kept.add(entry);
    }
    this.#keep((entry) => kept.has(entry));
  }

  #keep(isKept: (entry: number) => boolean): void {
    let to = this.#head;
    this.#lastSeen.clear();
    for (let index = this.#head; index < this.#tail; index += 1) {
      const entry = this.#entries[index] as number;
      if (!isKept(entry)) continue;
      const at = this.#times[index] as number;
      this.#put(to++, at, entry);
      if (this.#rule.minDistinctDevices > 1) this.#see(entry % maxDevices, at);
    }
    this.#tail = to;
  }
}

/** Into the same array, or into one twice as long when more than half of it is used. */
function moveToFront(array: Float64Array<ArrayBuffer>, from: number, used: number): Float64Array<ArrayBuffer> {
  if (used * 2 <= array.length) return array.copyWithin(0, from, from + used);
  const larger = new Float64Array(array.length * 2);
  larger.set(array.subarray(from, from + used));
  return larger;
}
