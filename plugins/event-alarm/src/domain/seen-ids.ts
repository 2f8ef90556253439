/** Ids kept per generation, so that a flood cannot fill the memory. */
const maxIds = 65_536;
const firstSlots = 1024;

/**
 * Tells new ids from known ones. Ids are remembered for at least `keepMs` and at most twice that: two generations take
 * turns, so forgetting costs nothing per id.
 */
export class SeenIds {
  readonly #keepMs: number;
  #young = new IdTable();
  #old = new IdTable();
  #turnAt = Number.POSITIVE_INFINITY;

  constructor(keepMs: number) {
    this.#keepMs = keepMs;
  }

  /** Whether the id is new; from now on it is known. */
  add(id: string, now: number): boolean {
    this.#turn(now);
    const hash = hashOf(id);
    return !this.#old.has(id, hash) && this.#young.add(id, hash);
  }

  #turn(now: number): void {
    // A clock that was set back puts the turn off for no longer than one period, and forgets nothing.
    this.#turnAt = Math.min(this.#turnAt, now + this.#keepMs);
    if (now < this.#turnAt && this.#young.size < maxIds) return;
    [this.#old, this.#young] = [this.#young, this.#old];
    this.#young.clear();
    this.#turnAt = now + this.#keepMs;
  }
}

/** A set of strings by open addressing: a `Set` computes its hash twice per new id, and is built anew at every turn. */
class IdTable {
  size = 0;
  /** 0 where the slot is free. */
  #hashes = new Int32Array(firstSlots);
  #ids: string[] = Array.from({ length: firstSlots }, () => '');

  has(id: string, hash: number): boolean {
    return this.#hashes[this.#slot(id, hash)] !== 0;
  }

  /** False when it was there. */
  add(id: string, hash: number): boolean {
    if (this.size * 2 >= this.#hashes.length) this.#grow();
    const slot = this.#slot(id, hash);
    if (this.#hashes[slot] !== 0) return false;
    this.#hashes[slot] = hash;
    this.#ids[slot] = id;
    this.size += 1;
    return true;
  }

  clear(): void {
    this.#hashes.fill(0);
    this.size = 0;
  }

  /** Where the id is, or the free slot where it belongs. */
  #slot(id: string, hash: number): number {
    const hashes = this.#hashes;
    const last = hashes.length - 1;
    let slot = hash & last;
    while (hashes[slot] !== 0 && (hashes[slot] !== hash || this.#ids[slot] !== id)) slot = (slot + 1) & last;
    return slot;
  }

  #grow(): void {
    const [hashes, ids] = [this.#hashes, this.#ids];
    this.#hashes = new Int32Array(hashes.length * 2);
    this.#ids = Array.from({ length: ids.length * 2 }, () => '');
    this.size = 0;
    for (const [slot, hash] of hashes.entries()) if (hash !== 0) this.add(ids[slot] ?? '', hash);
  }
}

/** FNV-1a over the characters, with the bits spread at the end; never 0. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash ^ (hash >>> 15) || 1;
}
