import { createHash } from 'node:crypto';
import { backoffMs, type Clock, describeError } from '@porchlight/core';
import type { Slot } from '../../domain/fetch-plan.ts';
import { PartError } from '../../errors.ts';
import { isDiskError, type Sink } from './download.ts';
import { findRoutes, type Route, type RouteParts } from './route.ts';
import { createSegmentCheck, type SegmentFacts } from './segment-check.ts';

/** Tries of one part on one route. */
const triesPerRoute = 4;
const pauses = { firstMs: 250, maxMs: 8000, maxRetryAfterMs: 60_000 };
/** After so many segments had to take another route, all take it. */
const fallsUntilMove = 2;

export interface SessionParts extends RouteParts {
  clock: Clock;
  onTrouble: (message: string) => void;
}

/** Where a segment is written to; begun anew for each try. */
export interface SegmentSink extends Sink {
  /** Keeps what was written; `facts` are what the segment said of itself. */
  keep(facts: SegmentFacts): Promise<void>;
  /** Throws away what was written. */
  drop(): Promise<void>;
}

/** The routes deliver footage of different make, which must not get into one film. */
export class InitChanged extends Error {
  override readonly name = 'InitChanged';
}

/** The footage of one stretch of one device, fetched over the best route that works. */
export class FootageSession {
  readonly #parts: SessionParts;
  #routes: Route[] = [];
  #place = 0;
  #falls = 0;
  #init: Buffer | undefined;
  #offsetMs: number | undefined;

  constructor(parts: SessionParts) {
    this.#parts = parts;
  }

  /** The initialisation part; all segments belong to it. */
  get init(): Buffer {
    return this.#init ?? Buffer.alloc(0);
  }

  get initName(): string {
    return createHash('sha256').update(this.init).digest('hex').slice(0, 12);
  }

  /** What the device's clock is off by, ms; undefined as long as no segment told. */
  get clockOffsetMs(): number | undefined {
    return this.#offsetMs;
  }

  /** `lan` or `wan`, whichever is in use. */
  get route(): 'lan' | 'wan' | undefined {
    return this.#routes[this.#place]?.kind;
  }

  /** Finds a route that works. Rejects with the last one's error when none does. */
  async open(): Promise<void> {
    this.#routes = await findRoutes(this.#parts);
    if (this.#routes.length === 0) throw new PartError('missing', 'Rhombus names no address for this footage.');
    await this.#openFrom(0);
  }

  /** Takes the next route with its own initialisation part; all segments have to be fetched over it. */
  async moveOn(): Promise<void> {
    this.#init = undefined;
    await this.#openFrom(this.#place + 1);
  }

  async #openFrom(place: number): Promise<void> {
    const route = this.#routes[place];
    if (!route) throw new PartError('missing', 'There is no other way to this footage.');
    try {
      this.#init = await this.#try(route, () => route.open(), route.kind === 'lan' ? 1 : triesPerRoute);
      this.#place = place;
    } catch (error) {
      this.#parts.signal.throwIfAborted();
      if (isDiskError(error)) throw error;
      this.#leave(route, error);
      if (place + 1 >= this.#routes.length) throw error;
      await this.#openFrom(place + 1);
    }
  }

  #leave(route: Route, error: unknown): void {
    const { link, onTrouble } = this.#parts;
    if (route.kind === 'lan') link.rest(route.manifestUrl);
    const way = route.kind === 'lan' ? `on the LAN at ${new URL(route.manifestUrl).host}` : 'through the cloud';
    onTrouble(`${link.device.name || link.device.uuid} is not to be had ${way}: ${describeError(error)}`);
  }

  /** Fetches one segment. Rejects with the last error when no route brings it, or with InitChanged. */
  async fetch(slot: Slot, begin: () => Promise<SegmentSink>): Promise<void> {
    for (let place = this.#place; ; place += 1) {
      const route = this.#routes[place];
      if (!route) throw new PartError('missing', 'There is no other way to this footage.');
      try {
        if (place > this.#place) await this.#checkInit(route);
        await this.#try(route, () => this.#segment(route, slot, begin), triesPerRoute);
        if (place > this.#place) this.#noteFall(place);
        return;
      } catch (error) {
        this.#parts.signal.throwIfAborted();
        if (isDiskError(error) || error instanceof InitChanged || place + 1 >= this.#routes.length) throw error;
      }
    }
  }

  async #checkInit(route: Route): Promise<void> {
    const init = await this.#try(route, () => route.open(), triesPerRoute);
    if (!init.equals(this.init)) throw new InitChanged();
  }

  #noteFall(place: number): void {
    this.#falls += 1;
    if (this.#falls >= fallsUntilMove) this.#place = Math.max(this.#place, place);
  }

  async #segment(route: Route, slot: Slot, begin: () => Promise<SegmentSink>): Promise<void> {
    const { kind } = this.#parts.link.device;
    const check = createSegmentCheck({ kind, startSec: slot.startSec, offsetMs: this.#offsetMs });
    const sink = await begin();
    try {
      await route.segment(slot.place, {
        write: (piece) => {
          check.push(piece);
          return sink.write(piece);
        },
      });
      const facts = check.end();
      if (facts.stampMs !== undefined) this.#offsetMs ??= facts.stampMs - slot.startSec * 1000;
      await sink.keep(facts);
    } catch (error) {
      await sink.drop();
      throw error;
    }
  }

  /** Runs a request until it succeeds or its failures are such that the route has to be left. */
  async #try<T>(route: Route, ask: () => Promise<T>, tries: number): Promise<T> {
    const { clock, signal, onTrouble } = this.#parts;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await ask();
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof PartError) || error.kind === 'untrusted' || attempt >= tries) throw error;
        if (error.kind === 'missing') {
          // It may have forgotten the stretch; asked again once, a part that is not there is not there.
          if (attempt > 1) throw error;
          route.forget();
          continue;
        }
        const waitMs = backoffMs(attempt, pauses, Math.random(), error.retryAfterMs);
        onTrouble(`${route.kind}: ${describeError(error)} Tried again in ${Math.round(waitMs)} ms.`);
        await clock.sleep(waitMs, signal);
      }
    }
  }
}
