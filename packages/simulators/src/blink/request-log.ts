import type { Server } from 'node:http';

/** One request that reached the cloud, whatever became of it. */
export interface LogEntry {
  /** Epoch ms of the simulated clock. */
  at: number;
  method: string;
  path: string;
  /** What the path stands for, such as `GET /network/{network}/command/{command}`. */
  route: string;
  host: string;
  /** Absent while it is not answered, and when it never was. */
  status?: number;
}

/** Part of a route's name, or an expression for it. */
export type RouteMatch = string | RegExp;

/** Where the scenario is played from; no client of the cloud asks there. */
export const controlPath = '/simulator';

/** Every request with its time on the simulated clock, for assertions about how often a client asks. */
export class RequestLog {
  entries: LogEntry[] = [];
  readonly #now: () => number;
  readonly #name: (method: string, path: string) => string;

  constructor(now: () => number, name: (method: string, path: string) => string) {
    this.#now = now;
    this.#name = name;
  }

  /** Notes what this server is asked from now on. */
  listen(server: Server): void {
    server.on('request', (request, response) => {
      const method = request.method ?? 'GET';
      const path = (request.url ?? '/').replace(/\?.*$/, '');
      if (path === controlPath) return;
      const host = request.headers.host ?? '';
      const entry: LogEntry = { at: this.#now(), method, path, route: this.#name(method, path), host };
      this.entries.push(entry);
      response.on('finish', () => (entry.status = response.statusCode));
    });
  }

  /** The requests of a route, since a time (epoch ms, inclusive). */
  of(route: RouteMatch, sinceMs = 0): LogEntry[] {
    return this.entries.filter((entry) => entry.at >= sinceMs && fits(entry, route));
  }

  count(route: RouteMatch = '', sinceMs = 0): number {
    return this.of(route, sinceMs).length;
  }

  /** The most requests within any hour. */
  busiestHour(route: RouteMatch = ''): number {
    const times = this.of(route).map(({ at }) => at);
    let [most, start] = [0, 0];
    for (const [end, at] of times.entries()) {
      while ((times[start] ?? at) <= at - 3_600_000) start += 1;
      most = Math.max(most, end - start + 1);
    }
    return most;
  }

  /** Requests by route, the most frequent first. */
  summary(): [route: string, count: number][] {
    const counts = new Map<string, number>();
    for (const { route } of this.entries) counts.set(route, (counts.get(route) ?? 0) + 1);
    return [...counts].toSorted(([, a], [, b]) => b - a);
  }

  clear(): void {
    this.entries = [];
  }
}

function fits({ route }: LogEntry, match: RouteMatch): boolean {
  return typeof match === 'string' ? route.includes(match) : match.test(route);
}
