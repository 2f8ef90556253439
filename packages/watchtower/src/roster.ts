import type { Beat } from './domain/beat.ts';
import { hear, type Signs } from './domain/signs.ts';
import type { CheckResult, HeardSigns, StoredHome } from './store/store.ts';

/** A home as the server holds it in memory: small, for there may be tens of thousands. */
export interface Member extends Signs {
  readonly id: string;
  tokenHash: string;
  graceMs: number;
  isDown: boolean;
  /** Heard since it was last stored. */
  isHeard: boolean;
  /** Absent while the home has none here. */
  connection: Connection | undefined;
  connectedAt: number;
  /** The last update that named it. */
  round: number;
}

export interface Connection {
  close(code: number, reason: string): void;
  /** At once, for a peer that is gone. */
  terminate(): void;
}

/** The homes by token and by id, and what was heard of them since it was last stored. */
export class Roster {
  readonly #byToken = new Map<string, Member>();
  readonly #byId = new Map<string, Member>();
  #heard: Member[] = [];
  #round = 0;
  #generation = 0;

  get size(): number {
    return this.#byId.size;
  }

  ofToken(tokenHash: string): Member | undefined {
    return this.#byToken.get(tokenHash);
  }

  ofId(id: string): Member | undefined {
    return this.#byId.get(id);
  }

  members(): IterableIterator<Member> {
    return this.#byId.values();
  }

  /** Takes over what the store says; of a generation that is known, only what changed. */
  take({ homes, outcome, generation }: CheckResult): void {
    if (generation !== this.#generation) this.update(homes);
    else for (const { id, downSince } of outcome.changed) this.#setDown(id, downSince > 0);
    this.#generation = generation;
  }

  /** Takes over all homes; closes the connections of homes that are gone or have another token. */
  update(homes: readonly StoredHome[]): void {
    this.#round += 1;
    for (const home of homes) {
      const member = this.#byId.get(home.id) ?? this.#add(home);
      member.round = this.#round;
      this.#refresh(member, home);
    }
    if (this.#byId.size === homes.length) return;
    for (const member of this.#byId.values()) if (member.round !== this.#round) this.#remove(member);
  }

  /** False when the beat's sequence was used before. */
  hear(member: Member, beat: Beat, now: number): boolean {
    if (!hear(member, beat, now)) return false;
    this.#mark(member);
    return true;
  }

  /** Keeps a remark about a home that is no sign of life. */
  note(member: Member, said: string): void {
    member.said = said;
    this.#mark(member);
  }

  /** What was heard since the last call. */
  takeHeard(): readonly HeardSigns[] {
    const heard = this.#heard;
    this.#heard = [];
    for (const member of heard) member.isHeard = false;
    return heard;
  }

  /** Puts back what could not be stored. */
  giveBack(signs: readonly HeardSigns[]): void {
    for (const { id } of signs) {
      const member = this.#byId.get(id);
      if (member) this.#mark(member);
    }
  }

  #mark(member: Member): void {
    if (member.isHeard) return;
    member.isHeard = true;
    this.#heard.push(member);
  }

  #setDown(id: string, isDown: boolean): void {
    const member = this.#byId.get(id);
    if (member) member.isDown = isDown;
  }

  #add({ id, tokenHash, graceMs, sequence, downSince }: StoredHome): Member {
    const member: Member = {
      id,
      tokenHash,
      graceMs,
      sequence,
      isDown: downSince > 0,
      isHeard: false,
      heardAt: 0,
      normalAt: 0,
      announcedAt: 0,
      rebootUntil: 0,
      plainAt: 0,
      said: undefined,
      connection: undefined,
      connectedAt: 0,
      round: 0,
    };
    this.#byId.set(id, member);
    this.#byToken.set(tokenHash, member);
    return member;
  }

  #refresh(member: Member, { tokenHash, graceMs, sequence, downSince }: StoredHome): void {
    member.graceMs = graceMs;
    member.isDown = downSince > 0;
    // Another worker may have heard later ones.
    member.sequence = Math.max(member.sequence, sequence);
    if (member.tokenHash === tokenHash) return;
    this.#byToken.delete(member.tokenHash);
    member.tokenHash = tokenHash;
    this.#byToken.set(tokenHash, member);
    member.connection?.close(4001, 'token no longer valid');
  }

  #remove(member: Member): void {
    this.#byId.delete(member.id);
    this.#byToken.delete(member.tokenHash);
    member.connection?.close(4001, 'home removed');
  }
}
