import { type Slot, slotsOf, type FetchPlan } from '../domain/fetch-plan.ts';
import type { Job } from '../domain/job.ts';
import type { FilmLine } from '../domain/manifest.ts';
import { filmStem } from '../domain/names.ts';
import { type Availability, type Gap, type GapReason, mergeGaps } from '../domain/recorded.ts';
import { intersect, isCovered, merge, type Span, subtract } from '../domain/spans.ts';
import type { FilmDraft } from './film-draft.ts';

/** One stream (picture or sound) of a film that is being copied. */
export class Stream {
  /** The segments that are recorded, in order. */
  readonly wanted: Slot[];
  readonly problems = new Set<string>();
  /** The key does not give access to recorded video. */
  isRefused = false;
  readonly #window: Span;
  readonly #availability: Availability;
  #failed = new Map<number, GapReason>();
  #settled = new Set<number>();

  constructor(plan: FetchPlan, window: Span, availability: Availability) {
    this.#window = window;
    this.#availability = availability;
    this.wanted = slotsOf(plan, window).filter((slot) => isCovered(slot, availability.recorded));
  }

  /** Notes how fetching a segment ended. */
  settle(slot: Slot, failure?: { reason: GapReason; problem: string; isRefused: boolean }): void {
    this.#settled.add(slot.startSec);
    if (!failure) return;
    this.#failed.set(slot.startSec, failure.reason);
    this.problems.add(failure.problem);
    this.isRefused ||= failure.isRefused;
  }

  isSettled({ startSec }: Slot): boolean {
    return this.#settled.has(startSec);
  }

  isFailed({ startSec }: Slot): boolean {
    return this.#failed.has(startSec);
  }

  get fetched(): Slot[] {
    return this.wanted.filter(({ startSec }) => !this.#failed.has(startSec));
  }

  /** What is missing although `there` is, with the reasons. */
  gaps(there: readonly Slot[]): Gap[] {
    const missing = subtract(this.#window, merge(there));
    const present = new Set(there);
    const failed = this.wanted
      .filter((slot) => !present.has(slot))
      .map((slot) => ({ ...toSpan(slot), reason: this.#failed.get(slot.startSec) ?? ('failed' as const) }));
    return mergeGaps(missing.flatMap((span) => this.#reasons(span, failed)));
  }

  #reasons(missing: Span, failed: readonly Gap[]): Gap[] {
    const known = [...failed, ...this.#availability.gaps].flatMap((gap) => {
      const part = intersect(gap, missing);
      return part ? [{ ...part, reason: gap.reason }] : [];
    });
    // What is left is the rest of segments that are recorded in part only.
    const rest = subtract(missing, known).map((span) => ({ ...span, reason: 'not-recorded' as const }));
    return [...known, ...rest];
  }
}

function toSpan({ startSec, endSec }: Span): Span {
  return { startSec, endSec };
}

/** A film on its way. */
export interface FilmJob {
  job: Job;
  name: string;
  picture: Stream;
  /** Absent when the camera has no gateway, or sound cannot be put in. */
  sound?: Stream;
  drafts: { picture: FilmDraft; sound?: FilmDraft };
  /** The picture that an earlier run copied and that only lacks its sound. */
  existing?: FilmLine;
  /** There is a gateway, but no program that could put its sound in. */
  lacksProgram: boolean;
}

export function nameOfFilm({ naming }: Job): string {
  return filmStem(naming);
}

/** Names of the drafts of a film's streams. */
export function pictureName({ name }: { name: string }): string {
  return `${name}.picture.mp4`;
}

export function soundName({ name }: { name: string }): string {
  return `${name}.sound.webm`;
}
