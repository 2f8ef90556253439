import type { Clock } from '@porchlight/core';
import type { Blink } from '@porchlight/simulators';

export interface PeerReport {
  requests: number;
  /** When a recording was told of, in ms after it was visible. */
  delays: number[];
}

interface Homescreen {
  networks: { id: number }[];
  cameras: { id: number; network_id: number }[];
}

interface Media {
  media: { id: number; deleted: boolean; source: string }[];
}

/**
 * A client that refreshes everything at a fixed pace, as blinkpy does and Home Assistant with it: the homescreen; for every
 * system its state and the recordings since a minute before the last refresh; for every classic camera its configuration and
 * its signals (minis and doorbells are in the homescreen). It is better than they are in two things: it fetches no pictures,
 * and it tells of recordings that began before its last refresh, which they overlook.
 */
export class FullRefreshPeer {
  readonly #blink: Blink;
  readonly #clock: Clock;
  readonly #everyMs: number;
  readonly #headers: Record<string, string>;
  readonly #seen = new Set<number>();
  #refreshedAt: number;
  readonly report: PeerReport = { requests: 0, delays: [] };
  /** A refresh is under way: time must stand still until it is over. */
  isBusy = false;

  constructor(blink: Blink, { clock, token, everySeconds }: { clock: Clock; token: string; everySeconds: number }) {
    this.#blink = blink;
    this.#clock = clock;
    this.#everyMs = everySeconds * 1000;
    this.#headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    this.#refreshedAt = clock.now();
  }

  async run(signal: AbortSignal): Promise<void> {
    for (;;) {
      await this.#clock.sleep(this.#everyMs, signal);
      this.isBusy = true;
      await this.#refresh();
      this.isBusy = false;
    }
  }

  async #refresh(): Promise<void> {
    const { account } = this.#blink;
    const { networks, cameras } = (await this.#ask(`/api/v3/accounts/${account.id}/homescreen`)) as Homescreen;
    const since = new Date(this.#refreshedAt - 60_000).toISOString().replace(/\.\d+Z$/, '+0000');
    for (const { id } of networks) {
      await this.#ask(`/network/${id}/update`, 'POST');
      const path = `/api/v1/accounts/${account.id}/media/changed?since=${encodeURIComponent(since)}&page=1`;
      this.#take((await this.#ask(path)) as Media);
      for (const camera of cameras.filter(({ network_id }) => network_id === id)) {
        await this.#ask(`/network/${id}/camera/${camera.id}/config`);
        await this.#ask(`/network/${id}/camera/${camera.id}/signals`);
      }
    }
    this.#refreshedAt = this.#clock.now();
  }

  #take({ media }: Media): void {
    for (const { id } of media) {
      const row = this.#blink.account.media.find((one) => one.id === id);
      if (!row || this.#seen.has(id)) continue;
      this.#seen.add(id);
      this.report.delays.push(this.#clock.now() - row.uploadedAt);
    }
  }

  async #ask(path: string, method = 'GET'): Promise<unknown> {
    this.report.requests += 1;
    const answer = await fetch(`${this.#blink.url}${path}`, { method, headers: this.#headers });
    if (!answer.ok) throw new Error(`${path} was answered ${answer.status}`);
    return answer.json();
  }
}
