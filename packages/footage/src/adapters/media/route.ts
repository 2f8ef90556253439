import type { Span } from '../../domain/spans.ts';
import { PartError } from '../../errors.ts';
import type { Agents } from './agents.ts';
import type { DeviceLink } from './device-link.ts';
import { download, type Sink } from './download.ts';
import { fillTemplate, type Mpd, parseMpd, partUrl } from './mpd.ts';

const smallBytes = 4 * 1024 * 1024;
/** A segment of two seconds at 200 Mbit/s. */
const segmentBytes = 64 * 1024 * 1024;
const idleMs = { lan: 8000, wan: 20_000 };

export interface RouteParts {
  link: DeviceLink;
  span: Span;
  agents: { lan: Agents; cloud: Agents };
  /** Key and scheme, for the cloud only. */
  keyHeaders: Readonly<Record<string, string>>;
  /** Whether the key may be shown to this address. */
  isCloudHost: (hostname: string) => boolean;
  /** Certificate keys take their footage from another host. */
  hasCertificate: boolean;
  useWan: boolean;
  signal: AbortSignal;
}

/** One way to the footage of one stretch: a LAN address of the device, or the edge of the cloud. */
export class Route {
  readonly kind: 'lan' | 'wan';
  readonly manifestUrl: string;
  readonly #parts: RouteParts;
  #mpd: Promise<Mpd> | undefined;

  constructor(kind: 'lan' | 'wan', manifestUrl: string, parts: RouteParts) {
    this.kind = kind;
    this.manifestUrl = manifestUrl;
    this.#parts = parts;
  }

  /** Asks for the manifest, which opens the stretch on the device, and gives the initialisation part. */
  async open(): Promise<Buffer> {
    return this.#small((await this.#manifest()).init);
  }

  /** The next segment asks for the manifest again: the device has forgotten the stretch. */
  forget(): void {
    this.#mpd = undefined;
  }

  async segment(place: number, sink: Sink): Promise<{ bytes: number }> {
    const mpd = await this.#manifest();
    return this.#fetch(this.#urlOf(mpd.segment(place)), sink, segmentBytes);
  }

  #manifest(): Promise<Mpd> {
    if (this.#mpd) return this.#mpd;
    const asked = this.#askManifest();
    this.#mpd = asked;
    asked.catch(() => {
      if (this.#mpd === asked) this.#mpd = undefined;
    });
    return asked;
  }

  async #askManifest(): Promise<Mpd> {
    const mpd = parseMpd((await this.#small()).toString());
    if (!mpd) throw new PartError('content', 'The manifest was not understood.');
    return mpd;
  }

  #urlOf(name: string): string {
    const url = partUrl(this.manifestUrl, name);
    if (url === undefined) throw new PartError('content', 'The address of the manifest was not understood.');
    return url;
  }

  async #small(name?: string): Promise<Buffer> {
    const pieces: Buffer[] = [];
    const sink = { write: (piece: Buffer): void => void pieces.push(piece) };
    await this.#fetch(name === undefined ? this.manifestUrl : this.#urlOf(name), sink, smallBytes);
    return Buffer.concat(pieces);
  }

  async #fetch(url: string, sink: Sink, maxBytes: number): Promise<{ bytes: number }> {
    const { link, agents, signal } = this.#parts;
    const token = await link.token();
    const options = { agents: agents[this.kind === 'lan' ? 'lan' : 'cloud'], signal, sink, maxBytes };
    try {
      return await download(url, { ...options, idleMs: idleMs[this.kind], headers: this.#headers(token) });
    } catch (error) {
      if (!(error instanceof PartError) || error.kind !== 'token') throw error;
      // Once more with a new token, then with the key where that is allowed.
      const fresh = await link.token(token);
      if (this.kind === 'wan') link.needsKey = this.#mayShowKey();
      return download(url, { ...options, idleMs: idleMs[this.kind], headers: this.#headers(fresh) });
    }
  }

  #headers(token: string): Record<string, string> {
    const cookie = { cookie: `RSESSIONID=RFT:${token}` };
    const federated = { 'x-auth-scheme': 'federated-token', 'x-auth-ft': token };
    if (this.kind === 'lan') return { ...federated, ...cookie };
    const { link, keyHeaders } = this.#parts;
    return link.needsKey && this.#mayShowKey() ? { ...keyHeaders, ...cookie } : federated;
  }

  #mayShowKey(): boolean {
    const { protocol, hostname } = new URL(this.manifestUrl);
    return protocol === 'https:' ? this.#parts.isCloudHost(hostname) : isLoopback(hostname);
  }
}

/** Tokens go over these addresses, so they must be encrypted unless they stay on this machine. */
function isSafe(address: string): boolean {
  const { protocol, hostname } = new URL(address);
  return protocol === 'https:' || isLoopback(hostname);
}

function isLoopback(hostname: string): boolean {
  return hostname === '127.0.0.1' || hostname === 'localhost';
}

/** The ways to a stretch, best first: LAN addresses that are not known to be dead, then the cloud. */
export async function findRoutes(parts: RouteParts): Promise<Route[]> {
  const { link, span, useWan, hasCertificate } = parts;
  // The token is asked for meanwhile.
  const [{ lan, wan }] = await Promise.all([link.uris(), link.token()]);
  const fill = (template: string): string | undefined => {
    const address = fillTemplate(template, span.startSec, span.endSec - span.startSec);
    return address !== undefined && isSafe(address) ? address : undefined;
  };
  const near = useWan || !link.device.isOnline ? [] : lan.flatMap((template) => fill(template) ?? []);
  const usable = near.filter((address) => !link.isResting(address));
  const far = (wan && fill(hasCertificate ? wan.replace('.dash.', '.dash-internal.') : wan)) ?? undefined;
  return [
    ...usable.map((address) => new Route('lan', address, parts)),
    ...(far === undefined ? [] : [new Route('wan', far, parts)]),
  ];
}
