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
 * The events of one rule in the order of their time. Adding in order costs O(1) amortised; one out of order is found by
 * bisection and moved into place within a buffer of bounded size.
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
  /** Where the last window began: a starting point for the next search, never trusted. */
  #start = 0;
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
    const { windowMs } = this.#rule;
    this.#lastNow = now;
    if (this.#rule.minDistinctDevices > 1) this.#see(device, at);
    const isLate = now - at <= this.#lateMs;
    const newest = this.#tail === this.#head ? at : (this.#times[this.#tail - 1] as number);
    if (at >= newest) {
      this.#put(this.#tail++, at, number * maxDevices + device);
      // Nothing lies between the newest event and now: its own window holds all that the window until now does.
      return this.#isEnough(this.#follow((isLate ? at : now) - windowMs), this.#tail);
    }
    const index = this.#upper(at);
    this.#times.copyWithin(index + 1, index, this.#tail);
    this.#entries.copyWithin(index + 1, index, this.#tail++);
    this.#put(index, at, number * maxDevices + device);
    if (index <= this.#start) this.#start = this.#head;
    // After a jump back of the clock some are later than now.
    const end = newest <= now ? this.#tail : this.#upper(now);
    return (
      this.#isEnough(this.#follow(now - windowMs), end) ||
      (isLate && this.#isEnough(this.#lower(at - windowMs), index + 1))
    );
  }

  /** Events in the window that ends at `end`. */
  count(end: number): number {
    return Math.max(0, this.#upper(end) - this.#lower(end - this.#rule.windowMs));
  }

  /** Numbers of the events that fulfil the rule now or, failing that, at `at`; the oldest first. */
  fulfilling(now: number, at: number): number[] {
    const { windowMs } = this.#rule;
    const isNow = this.#isEnough(this.#lower(now - windowMs), this.#upper(now));
    const end = isNow ? now : at;
    const entries = this.#entries.subarray(this.#lower(end - windowMs), this.#upper(end));
    return Array.from(entries, (entry) => Math.floor(entry / maxDevices));
  }

  /** Takes events out, because an alarm has used them. */
  remove(numbers: ReadonlySet<number>): void {
    this.#keep((entry) => !numbers.has(Math.floor(entry / maxDevices)));
  }

  clear(): void {
    this.#head = this.#tail = this.#start = 0;
    this.#lastSeen.clear();
  }

  /** First entry at or after `since`; walks from where the last window began. */
  #follow(since: number): number {
    const times = this.#times;
    let start = this.#start;
    if (start > this.#head && (times[start - 1] as number) >= since) start = this.#lower(since);
    while (start < this.#tail && (times[start] as number) < since) start += 1;
    this.#start = start;
    return start;
  }

  #isEnough(from: number, to: number): boolean {
    const { threshold, minDistinctDevices } = this.#rule;
    if (to - from < threshold) return false;
    if (minDistinctDevices <= 1) return true;
    if (to === this.#tail) return this.#hasDevicesSince(this.#times[from] as number);
    const devices = new Set<number>();
    // From the newest on: a few events usually tell.
    for (let index = to - 1; index >= from && devices.size < minDistinctDevices; index -= 1) {
      devices.add((this.#entries[index] as number) % maxDevices);
    }
    return devices.size >= minDistinctDevices;
  }

  #see(device: number, at: number): void {
    const before = this.#lastSeen.get(device);
    if (before === undefined || at > before) this.#lastSeen.set(device, at);
  }

  #hasDevicesSince(since: number): boolean {
    let found = 0;
    for (const at of this.#lastSeen.values()) {
      if (at >= since && ++found >= this.#rule.minDistinctDevices) return true;
    }
    return false;
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
    const size = used > this.#times.length / 2 ? this.#times.length * 2 : this.#times.length;
    const [times, entries] = [new Float64Array(size), new Float64Array(size)];
    times.set(this.#times.subarray(this.#head, this.#tail));
    entries.set(this.#entries.subarray(this.#head, this.#tail));
    this.#times = times;
    this.#entries = entries;
    this.#start = Math.max(0, this.#start - this.#head);
    const oldest = times[0] ?? 0;
    for (const [device, at] of this.#lastSeen) if (at < oldest) this.#lastSeen.delete(device);
    this.#head = 0;
    this.#tail = used;
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
    this.#start = this.#head;
  }
}
