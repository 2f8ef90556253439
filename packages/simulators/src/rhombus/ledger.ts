/** One request to a media host, as it went. */
export interface MediaEntry {
  /** Epoch ms of the injected clock. */
  at: number;
  /** When the last of it went out; absent while it goes on. */
  endedAt?: number;
  route: 'lan' | 'wan';
  device: string;
  facet: string;
  path: string;
  part: 'manifest' | 'init' | 'segment';
  /** Epoch second at which the segment begins. */
  startSec?: number;
  status: number;
  /** Bytes of the body that were handed to the connection. */
  bytes: number;
  /** The body went out whole and as it should be. */
  whole: boolean;
  /** How the token or key was presented. */
  credentials: string[];
  /** Names of the request's headers. */
  headers: string[];
}

/** An API key that a client showed to a device on the LAN. */
export interface Leak {
  at: number;
  device: string;
  key: string;
}

interface Load {
  inFlight: number;
  mostInFlight: number;
  connections: Set<object>;
  mostConnections: number;
}

/** What the simulator has seen, for assertions: who asked for what how often, and what should not have been shown. */
export class Ledger {
  readonly media: MediaEntry[] = [];
  readonly leaks: Leak[] = [];
  #loads = new Map<string, Load>();

  /** Requests for each segment, keyed `facet@epochSecond`; all routes together. */
  requestsPerSegment(filter: { whole?: boolean } = {}): Map<string, number> {
    const counts = new Map<string, number>();
    for (const entry of this.media) {
      if (entry.startSec === undefined || (filter.whole !== undefined && entry.whole !== filter.whole)) continue;
      const key = `${entry.facet}@${entry.startSec}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    return counts;
  }

  /** The most connections a device had at once, and the most requests that it was answering at once. */
  peak(device: string): { connections: number; requests: number } {
    const load = this.#loads.get(device);
    return { connections: load?.mostConnections ?? 0, requests: load?.mostInFlight ?? 0 };
  }

  /** Bytes of media bodies handed out, of one device or of all. */
  bytes(device?: string): number {
    return this.media.reduce((sum, entry) => (device && entry.device !== device ? sum : sum + entry.bytes), 0);
  }

  clear(): void {
    this.media.length = 0;
    this.leaks.length = 0;
    this.#loads.clear();
  }

  /** Counts a request as being answered; call the result when it is done. */
  begin(device: string, connection: object & { once(event: 'close', listener: () => void): unknown }): () => void {
    const load = this.#loadOf(device);
    if (!load.connections.has(connection)) {
      load.connections.add(connection);
      connection.once('close', () => load.connections.delete(connection));
    }
    load.inFlight += 1;
    load.mostInFlight = Math.max(load.mostInFlight, load.inFlight);
    load.mostConnections = Math.max(load.mostConnections, load.connections.size);
    return () => (load.inFlight -= 1);
  }

  #loadOf(device: string): Load {
    const known = this.#loads.get(device);
    if (known) return known;
    const load: Load = { inFlight: 0, mostInFlight: 0, connections: new Set(), mostConnections: 0 };
    this.#loads.set(device, load);
    return load;
  }
}
