import type { IncomingMessage } from 'node:http';
import { type Fault, Faults, type Trouble } from '../shared/faults.ts';
import { nameRoute } from './api/api.ts';
import type { RouteMatch } from './request-log.ts';

/** Which requests a trouble spoils, and for how long. */
export interface Where {
  /** Part of a route's name, or an expression for it. @default every request, sign-in included */
  on?: RouteMatch;
  /** How many requests. @default until `clear()` */
  times?: number;
  /** How long, in ms of the simulated clock. @default until `clear()` */
  forMs?: number;
}

/** Changes the body of a JSON answer; what it returns is sent instead. */
export type BodyChange = (body: unknown, route: string) => unknown;

/** Faults whose made-up answers carry the simulated `Date`, like all others. */
export class DatedFaults extends Faults {
  readonly #date: () => string;

  constructor(date: () => string) {
    super();
    this.#date = date;
  }

  override take(request: IncomingMessage): Trouble | undefined {
    const trouble = super.take(request);
    if (trouble?.type !== 'status') return trouble;
    return { ...trouble, headers: { date: this.#date(), ...trouble.headers } };
  }
}

/** The troubles that this cloud is known for, by name. Oldest first; each until used up, over, or cleared. */
export class Troubles {
  readonly #faults: Faults;
  readonly #now: () => number;
  #changes: { fits: (route: string) => boolean; change: BodyChange; left: number }[] = [];

  constructor(faults: Faults, now: () => number) {
    this.#faults = faults;
    this.#now = now;
  }

  /** 401: the access token is not good any more. */
  unauthorized(where: Where = {}): void {
    this.#status(401, { message: 'Unauthorized Access', error: null, code: 101 }, where);
  }

  /** 403: throttled, as it lasts for minutes or hours. */
  forbidden(where: Where = {}): void {
    this.#status(403, { message: 'Forbidden' }, where);
  }

  /** 406: the edge does not like the client. */
  notAcceptable(where: Where = {}): void {
    this.#add(
      { type: 'status', status: 406, headers: { 'content-type': 'text/plain' }, body: 'Not Acceptable' },
      where,
    );
  }

  /** 426: this version of the interface is withdrawn. */
  updateRequired(where: Where = {}): void {
    this.#status(426, { message: 'An app update is required', code: 105, update_required: true }, where);
  }

  /** 429, with `Retry-After` when seconds are given. */
  tooManyRequests(where: Where & { retryAfterSeconds?: number } = {}): void {
    const headers = where.retryAfterSeconds === undefined ? {} : { 'retry-after': String(where.retryAfterSeconds) };
    this.#status(429, { message: 'Too many requests' }, where, headers);
  }

  /** 5xx with a page of HTML, as a gateway answers. */
  serverError(status = 503, where: Where = {}): void {
    const body = `<html><head><title>${status}</title></head><body>Sorry</body></html>`;
    this.#add({ type: 'status', status, headers: { 'content-type': 'text/html' }, body }, where);
  }

  /** 200 with HTML where JSON belongs. */
  html(where: Where = {}): void {
    this.#add({ type: 'status', status: 200, headers: { 'content-type': 'text/html' }, body: '<html></html>' }, where);
  }

  /** 200 with an empty body. */
  empty(where: Where = {}): void {
    this.#add({ type: 'status', status: 200, body: '' }, where);
  }

  /** Never answered. */
  hang(where: Where = {}): void {
    this.#add({ type: 'hang' }, where);
  }

  /** The connection is cut before the request counts. */
  reset(where: Where = {}): void {
    this.#add({ type: 'reset' }, where);
  }

  /** The request is carried out, and its answer is lost on the way. */
  loseAnswer(where: Where = {}): void {
    this.#add({ type: 'truncate', bytes: 0 }, where);
  }

  /** The answer ends after this many bytes. */
  truncate(bytes: number, where: Where = {}): void {
    this.#add({ type: 'truncate', bytes }, where);
  }

  /** The answer is complete for HTTP, but its JSON is not. */
  brokenJson(where: Where = {}): void {
    this.#add({ type: 'replace', body: '{"networks":[{"id":20' }, where);
  }

  /** Answered after this many ms of real time. */
  slow(delayMs: number, where: Where = {}): void {
    this.#add({ type: 'slow', delayMs }, where);
  }

  /** Every field of this name has this value, whatever its type ought to be. */
  wrongType(field: string, value: unknown, where: Where = {}): void {
    this.change((body) => replaceField(body, field, () => value), where);
  }

  /** Every field of this name is missing. */
  missing(field: string, where: Where = {}): void {
    this.change((body) => replaceField(body, field, () => undefined), where);
  }

  /** Any change to JSON answers, such as one field after another in a mutation test. */
  change(change: BodyChange, where: Where = {}): void {
    this.#changes.push({ fits: this.#fits(where), change, left: where.times ?? Infinity });
  }

  /** What is sent instead of this body. */
  changed(body: unknown, route: string): unknown {
    const found = this.#changes.find(({ fits, left }) => left > 0 && fits(route));
    if (!found) return body;
    found.left -= 1;
    return found.change(structuredClone(body), route);
  }

  /** Ends every trouble, those that were added to `faults` directly included. */
  clear(): void {
    this.#faults.clear();
    this.#changes = [];
  }

  #status(status: number, body: unknown, where: Where, headers: Record<string, string> = {}): void {
    const type = { 'content-type': 'application/json' };
    this.#add({ type: 'status', status, headers: { ...type, ...headers }, body: JSON.stringify(body) }, where);
  }

  #add(trouble: Trouble, where: Where): void {
    const fits = this.#fits(where);
    const match: Fault['match'] = ({ method, url }) => fits(nameRoute(method ?? '', (url ?? '').replace(/\?.*$/, '')));
    this.#faults.add({ match, trouble, ...(where.times !== undefined && { times: where.times }) });
  }

  #fits({ on = '', forMs = Infinity }: Where): (route: string) => boolean {
    const until = this.#now() + forMs;
    return (route) => this.#now() < until && (typeof on === 'string' ? route.includes(on) : on.test(route));
  }
}

function replaceField(value: unknown, field: string, replace: () => unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => replaceField(one, field, replace));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]): [string, unknown] => {
    return [key, key === field ? replace() : replaceField(inner, field, replace)];
  });
  return Object.fromEntries(entries);
}
