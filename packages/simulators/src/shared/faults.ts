import type { IncomingMessage } from 'node:http';

/** What a simulator does instead of its proper answer. Milliseconds and bytes. */
export type Trouble =
  | { type: 'status'; status: number; headers?: Record<string, string>; body?: string }
  | { type: 'hang' }
  | { type: 'slow'; delayMs: number }
  | { type: 'reset' }
  | { type: 'truncate'; bytes: number }
  | { type: 'replace'; body: string };

export interface Fault {
  /** Requests it applies to: a path prefix, a pattern for method and path (`GET /api/…`), or a predicate. */
  match: string | RegExp | ((request: IncomingMessage) => boolean);
  trouble: Trouble;
  /** How many requests it spoils; without it, all until `clear()`. */
  times?: number;
}

/** The list of troubles that a simulator applies, oldest first. Tests add to it while the server runs. */
export class Faults {
  #faults: Fault[] = [];

  add(fault: Fault): void {
    this.#faults.push({ ...fault });
  }

  clear(): void {
    this.#faults = [];
  }

  /** The trouble for this request, counted as used; undefined when it is to be answered properly. */
  take(request: IncomingMessage): Trouble | undefined {
    const fault = this.#faults.find((candidate) => applies(candidate, request));
    if (!fault) return undefined;
    if (fault.times !== undefined) {
      fault.times -= 1;
      if (fault.times <= 0) this.#faults = this.#faults.filter((other) => other !== fault);
    }
    return fault.trouble;
  }
}

function applies({ match }: Fault, request: IncomingMessage): boolean {
  if (typeof match === 'function') return match(request);
  const path = request.url ?? '/';
  return typeof match === 'string' ? path.startsWith(match) : match.test(`${request.method} ${path}`);
}
