import { describeError, errorCode } from '@porchlight/core';
import { isDiskError } from '../adapters/media/download.ts';
import type { DeviceLink } from '../adapters/media/device-link.ts';
import { FootageSession, InitChanged } from '../adapters/media/session.ts';
import type { SegmentShelf } from '../adapters/store/segments.ts';
import { segmentSec, type Slot } from '../domain/fetch-plan.ts';
import type { GapReason } from '../domain/recorded.ts';
import type { Span } from '../domain/spans.ts';
import { PartError } from '../errors.ts';
import type { CopyParts } from './parts.ts';

interface OpenSpan {
  session: FootageSession;
  shelf: SegmentShelf;
}

export type Fetched =
  | { isThere: true }
  /** `isRefused`: the key does not give access to recorded video. */
  | { isThere: false; reason: GapReason; problem: string; isRefused: boolean };

/** Fetches the segments of one camera or gateway into the store; each one once. */
export class DeviceCopy {
  readonly #link: DeviceLink;
  readonly #parts: CopyParts;
  #spans = new Map<Span, Promise<OpenSpan>>();
  #users = new Map<number, number>();
  #running = new Map<number, Promise<Fetched>>();

  constructor(link: DeviceLink, parts: CopyParts) {
    this.#link = link;
    this.#parts = parts;
  }

  /** Says that a film needs these segments; each has to be released once for every film. */
  reserve(slots: readonly Slot[]): void {
    for (const { startSec } of slots) this.#users.set(startSec, (this.#users.get(startSec) ?? 0) + 1);
  }

  /** Fetches one segment, if it is not there yet. Rejects only with what ends the whole run. */
  async fetch(slot: Slot): Promise<Fetched> {
    // Overlapping films may want the same segment at the same time.
    const running = this.#running.get(slot.startSec);
    if (running) return running;
    const fetching = this.#fetch(slot).finally(() => this.#running.delete(slot.startSec));
    this.#running.set(slot.startSec, fetching);
    return fetching;
  }

  async #fetch(slot: Slot): Promise<Fetched> {
    this.#parts.signal.throwIfAborted();
    try {
      const open = await this.#open(slot.span);
      if (open.shelf.has(slot)) return { isThere: true };
      await this.#parts.guardDisk();
      await this.#fetchInto(open, slot);
      return { isThere: true };
    } catch (error) {
      this.#parts.signal.throwIfAborted();
      const code = errorCode(error);
      if (isDiskError(error) || code === 'footage.disk-full') throw error;
      const reason = error instanceof PartError && error.kind === 'wrong-time' ? 'wrong-time' : 'failed';
      return { isThere: false, reason, problem: this.#explain(error), isRefused: code === 'footage.auth' };
    }
  }

  async #fetchInto(open: OpenSpan, slot: Slot): Promise<void> {
    try {
      await open.session.fetch(slot, () => open.shelf.begin(slot));
    } catch (error) {
      if (error instanceof InitChanged) {
        const next = await this.#restart(slot.span, open);
        if (!next.shelf.has(slot)) await next.session.fetch(slot, () => next.shelf.begin(slot));
      } else if (!(await this.#fetchLastSecond(open, slot, error))) throw error;
    }
  }

  /** Some devices leave an odd last second out: it is the first half of the last segment of a window a second longer. */
  async #fetchLastSecond(open: OpenSpan, slot: Slot, error: unknown): Promise<boolean> {
    const isLost = error instanceof PartError && error.kind === 'missing';
    if (!isLost || slot.endSec - slot.startSec >= segmentSec) return false;
    const span = { startSec: slot.span.startSec, endSec: slot.span.endSec + 1 };
    const longer = await this.#begin(span);
    if (longer.session.initName !== open.session.initName) return false;
    await longer.session.fetch({ ...slot, span }, () => open.shelf.begin(slot));
    return true;
  }

  #explain(error: unknown): string {
    const { device } = this.#link;
    const what = device.kind === 'camera' ? 'footage' : 'sound';
    const hint = errorCode(error) === 'footage.auth' ? '' : `${device.name || device.uuid}, ${what}: `;
    return `${hint}${describeError(error)}`;
  }

  #open(span: Span): Promise<OpenSpan> {
    const known = this.#spans.get(span);
    if (known) return known;
    const opening = this.#begin(span);
    this.#spans.set(span, opening);
    return opening;
  }

  async #begin(span: Span): Promise<OpenSpan> {
    const { settings, agents, keyHeaders, isCloudHost, signal, clock, screen } = this.#parts;
    const session = new FootageSession({
      link: this.#link,
      span,
      agents,
      keyHeaders,
      isCloudHost,
      hasCertificate: settings.network.certFile !== undefined,
      useWan: settings.network.useWan,
      signal,
      clock,
      onTrouble: (message) => screen.debug(message),
    });
    await session.open();
    return this.#shelve(session);
  }

  async #shelve(session: FootageSession): Promise<OpenSpan> {
    const shelf = await this.#parts.store.open(this.#link.device.uuid, session.initName, session.init);
    return { session, shelf };
  }

  // All segments of a film have to be of one make, so the stretch begins again with the next route's.
  async #restart(span: Span, from: OpenSpan): Promise<OpenSpan> {
    const current = await this.#open(span);
    if (current !== from) return current;
    const restarted = from.session.moveOn().then(() => this.#shelve(from.session));
    this.#spans.set(span, restarted);
    return restarted;
  }

  /** Where a fetched segment lies; undefined when it does not lie there any more. */
  async locate(slot: Slot): Promise<{ init: string; path: string } | undefined> {
    const { shelf } = await this.#open(slot.span);
    return shelf.has(slot) ? { init: shelf.initPath, path: shelf.pathOf(slot) } : undefined;
  }

  /** What the device's clock is off by in this stretch, ms. */
  async clockOffsetMs({ span }: Slot): Promise<number | undefined> {
    return (await this.#open(span)).session.clockOffsetMs;
  }

  /** The files of these segments, fetched again where the route had to change since. */
  async collect(slots: readonly Slot[]): Promise<{ init: string; paths: string[]; there: Slot[] }> {
    const there: Slot[] = [];
    const paths: string[] = [];
    let init: string | undefined;
    for (const slot of slots) {
      if (!(await this.fetch(slot)).isThere) continue;
      const { shelf } = await this.#open(slot.span);
      init ??= shelf.initPath;
      // A later stretch of another make cannot follow in the same film.
      if (shelf.initPath !== init || !shelf.has(slot)) continue;
      there.push(slot);
      paths.push(shelf.pathOf(slot));
    }
    return { init: init ?? '', paths, there };
  }

  /** Gives segments up; those that no other film needs are deleted. */
  async release(slots: readonly Slot[], isKept: boolean): Promise<void> {
    for (const slot of slots) {
      const users = (this.#users.get(slot.startSec) ?? 1) - 1;
      this.#users.set(slot.startSec, users);
      if (users <= 0 && !isKept) await this.#remove(slot);
    }
  }

  /** Deletes segments that turned out to be damaged. */
  async forget(slots: readonly Slot[]): Promise<void> {
    for (const slot of slots) await this.#remove(slot);
  }

  async #remove(slot: Slot): Promise<void> {
    const open = await this.#spans.get(slot.span)?.catch(() => undefined);
    await open?.shelf.remove(slot);
  }
}
