import type { Log } from '@porchlight/core';
import { planLookBack, type Window } from '../../domain/look-back.ts';
import type { Sighting } from '../../domain/sighting.ts';
import type { AlertPage, Cloud, PartOfAlert } from '../../ports.ts';

/** More pages than a window ever has: an answer that leads in circles must end. */
const maxPages = 200;

interface Callbacks {
  onSighting(sighting: Sighting): void;
  onPart(part: PartOfAlert): void;
  /** The alerts of one more window have been told. */
  onChecked(): void;
}

/** Asks for all alerts since the last time, oldest first. */
export class AlertQuestion {
  readonly #cloud: Cloud;
  readonly #firstLookMs: number;
  readonly #callbacks: Callbacks;
  readonly #log: Log;
  /** Up to when all alerts have been asked for, epoch ms by the clock of Rhombus. */
  checkedTo: number | undefined;

  constructor(parts: { cloud: Cloud; firstLookMs: number; callbacks: Callbacks; log: Log }) {
    this.#cloud = parts.cloud;
    this.#firstLookMs = parts.firstLookMs;
    this.#callbacks = parts.callbacks;
    this.#log = parts.log;
  }

  async ask(now: number): Promise<void> {
    for (const window of planLookBack(this.checkedTo, this.#firstLookMs, now)) {
      const { sightings, parts } = await this.#read(window);
      for (const sighting of sightings.toSorted((a, b) => a.at - b.at)) this.#callbacks.onSighting(sighting);
      for (const uuid of parts) this.#callbacks.onPart({ uuid });
      this.checkedTo = window.to ?? now;
      this.#callbacks.onChecked();
    }
  }

  async #read(window: Window): Promise<Omit<AlertPage, 'next'>> {
    const sightings: Sighting[] = [];
    const parts: string[] = [];
    let from: AlertPage['next'];
    for (let page = 0; page < maxPages; page += 1) {
      const answer: AlertPage = await this.#cloud.alerts(window, from);
      sightings.push(...answer.sightings);
      parts.push(...answer.parts);
      const { next } = answer;
      if (!next || (from && next.at === from.at && next.uuid === from.uuid)) return { sightings, parts };
      from = next;
    }
    this.#log.warn(`Rhombus lists more alerts than can be read at once; the oldest of ${maxPages} pages are left out.`);
    return { sightings, parts };
  }
}
