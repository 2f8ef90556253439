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
  #turnAt: number | undefined;

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
    this.#turnAt ??= now + this.#keepMs;
    // After a jump back of the clock the turn would be far away; it is never further than one period.
    const isOver = now >= this.#turnAt || now < this.#turnAt - this.#keepMs;
    if (!isOver && this.#young.size < maxIds) return;
    [this.#old, this.#young] = [this.#young, this.#old];
    this.#young.clear();
    this.#turnAt = now + this.#keepMs;
  }
}

/** A set of strings by open addressing: a `Set` computes its hash twice per new id, and is built anew at every turn. */
class IdTable {
  size = 0;
  #hashes = new Int32Array(firstSlots);
  #ids: (string | undefined)[] = Array.from({ length: firstSlots });

  has(id: string, hash: number): boolean {
    return this.#ids[this.#slot(id, hash)] !== undefined;
  }

  /** False when it was there. */
  add(id: string, hash: number): boolean {
    if (this.size * 2 >= this.#ids.length) this.#grow();
    const slot = this.#slot(id, hash);
    if (this.#ids[slot] !== undefined) return false;
    this.#ids[slot] = id;
    this.#hashes[slot] = hash;
    this.size += 1;
    return true;
  }

  clear(): void {
    if (this.size > 0) this.#ids.fill(undefined);
    this.size = 0;
  }

  /** Where the id is, or the free slot where it belongs. */
  #slot(id: string, hash: number): number {
    const last = this.#ids.length - 1;
    let slot = hash & last;
    for (let known = this.#ids[slot]; known !== undefined; known = this.#ids[slot]) {
      if (this.#hashes[slot] === hash && known === id) break;
      slot = (slot + 1) & last;
    }
    return slot;
  }

  #grow(): void {
    const ids = this.#ids;
    this.#ids = Array.from({ length: ids.length * 2 });
    this.#hashes = new Int32Array(ids.length * 2);
    this.size = 0;
    for (const id of ids) if (id !== undefined) this.add(id, hashOf(id));
  }
}

/** FNV-1a over the characters, with the bits spread at the end. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash ^ (hash >>> 15);
}
