import type { Clock } from '@porchlight/core';
import type { IncomingMessage } from 'node:http';
import type { WatchtowerConfig } from '../config.ts';
import type { Counters } from '../counters.ts';
import { Limit } from '../domain/limit.ts';
import type { Gate } from '../gate.ts';
import type { Store } from '../store/store.ts';
import type { Answer } from './answer.ts';
import { readBody } from './body.ts';
import { loginPage, statusPage } from './page.ts';
import { peerAddress } from './peer.ts';
import { closedCookie, createSessions } from './session.ts';

export interface PageRoutesParts {
  config: WatchtowerConfig;
  gate: Gate;
  store: Store;
  counters: Counters;
  clock: Clock;
}

export type Route = (request: IncomingMessage) => Promise<Answer | undefined>;

const maxFormBytes = 1024;
/** Wrong passwords of one address in this time. */
const loginLimit = { max: 5, windowMs: 300_000 };

/** The status page behind its login. No routes at all without a password in the configuration. */
export function createPageRoutes({ config, gate, store, counters, clock }: PageRoutesParts): Record<string, Route> {
  const { password } = config.page;
  if (password === undefined) return {};
  const sessions = createSessions(password);
  const logins = new Limit(loginLimit);
  const isSecure = config.tls !== undefined || config.isBehindProxy;

  const show: Route = async (request) => {
    if (!sessions.isOpen(request.headers.cookie, clock.now())) return loginPage();
    const [homes, waiting] = await Promise.all([store.homes(), store.countWaiting()]);
    return statusPage({ homes, waiting, now: clock.now(), isIsolated: counters.isIsolated });
  };
  const login: Route = async (request) => {
    const address = peerAddress(request, config.isBehindProxy);
    const now = clock.monotonic();
    if (logins.isSpent(address, now)) {
      return { status: 429, headers: { 'Retry-After': String(loginLimit.windowMs / 1000) }, isFinal: true };
    }
    const form = new URLSearchParams((await readBody(request, maxFormBytes)) ?? '');
    if (sessions.isPassword(form.get('password') ?? '')) return redirect(sessions.open(clock.now(), isSecure));
    logins.spend(address, now);
    gate.refuse('login', address);
    return loginPage('That is not the password.');
  };
  return { 'GET /': show, 'POST /login': login, 'POST /logout': async () => redirect(closedCookie) };
}

function redirect(cookie: string): Answer {
  return { status: 303, headers: { Location: '/', 'Set-Cookie': cookie } };
}
