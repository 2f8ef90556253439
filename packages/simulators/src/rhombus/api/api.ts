import type { Answer, Request } from '../../shared/http.ts';
import { authenticate, forbidden, readCredentials, unauthenticated } from '../auth.ts';
import { type Bucket, takeRequest } from '../rate-limit.ts';
import { alertRoutes } from './alerts.ts';
import { deviceRoutes } from './devices.ts';
import { integrationRoutes } from './integrations.ts';
import { mediaRoutes } from './media.ts';
import { type ApiContext, badRequest } from './route.ts';

const routes = new Map(
  Object.entries({ ...deviceRoutes, ...alertRoutes, ...mediaRoutes, ...integrationRoutes }).map(([path, respond]) => [
    `/api/${path}`,
    respond,
  ]),
);

/** The cloud API of one organisation: method, key, rate, path and body are checked in this order. */
export function createApi(context: Omit<ApiContext, 'principal'>): (request: Request) => Answer {
  let bucket: Bucket | undefined;
  const retryAfter = (): number | undefined => {
    const limit = context.settings.rateLimit;
    if (!limit) return undefined;
    const taken = takeRequest(bucket ?? { tokens: limit.burst, atMs: context.now() }, limit, context.now());
    bucket = taken.bucket;
    return taken.retryAfterSec;
  };
  const respond = (request: Request): Answer => {
    const verdict = authenticate(readCredentials(request), context);
    if ('refusal' in verdict) return verdict.refusal;
    const seconds = retryAfter();
    if (seconds !== undefined) return tooMany(seconds);
    const route = routes.get(request.url.pathname);
    if (!route) return { status: 404 };
    if (request.method !== 'POST') return { status: 405, headers: { allow: 'POST' } };
    const body = readJson(request);
    return body === undefined ? badRequest() : route(body, { ...context, principal: verdict });
  };
  return (request) => {
    const answer = respond(request);
    return { ...answer, headers: { ...answer.headers, date: new Date(context.now()).toUTCString() } };
  };
}

/** The API of another region: it does not know any key of this organisation. */
export function createForeignApi(now: () => number): (request: Request) => Answer {
  return (request) => (readCredentials(request).scheme ? forbidden(now(), 'Invalid api key') : unauthenticated());
}

function tooMany(seconds: number): Answer {
  const headers = { 'content-type': 'text/plain', 'retry-after': String(seconds) };
  return { status: 429, headers, body: 'Too many api requests. Enhance your calm.' };
}

function readJson({ headers, body }: Request): unknown {
  if (!headers['content-type']?.startsWith('application/json')) return undefined;
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}
