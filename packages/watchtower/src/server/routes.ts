import { describeError, type Log } from '@porchlight/core';
import type { IncomingMessage } from 'node:http';
import { countByStatus } from '../domain/home.ts';
import { isSameSecret, readBearer } from '../token.ts';
import { jsonAnswer, type Answer } from './answer.ts';
import { createBeatRoute } from './beat-route.ts';
import { renderMetrics } from './metrics.ts';
import { createPageRoutes, type PageRoutesParts, type Route } from './page-routes.ts';
import { isLocal, peerAddress } from './peer.ts';

export interface RoutesParts extends PageRoutesParts {
  log: Log;
  isHealthy: () => boolean;
}

/** Every address that the watchtower answers; anything else is refused. No answer means that the socket is just closed. */
export function createRoutes(parts: RoutesParts): Route {
  const { config, gate, store, counters, clock, log, isHealthy } = parts;
  const postBeat = createBeatRoute(gate, clock);
  const refuse = (request: IncomingMessage, why: 'token' | 'path', status: number): Answer | undefined => {
    const address = peerAddress(request, config.isBehindProxy);
    gate.refuse(why, address);
    return gate.mayAnswer(address) ? { status, isFinal: true } : undefined;
  };

  const beat: Route = async (request) => {
    const member = gate.identify(request.headers.authorization);
    if (!member) return refuse(request, 'token', 401);
    if (isHealthy()) return postBeat(member, request);
    gate.refuse('unable', member.id);
    return { status: 503, headers: { 'Retry-After': '15' }, isFinal: true };
  };
  const metrics: Route = async (request) => {
    const { token } = config.metrics;
    const given = readBearer(request.headers.authorization);
    const isAllowed = token === undefined ? isLocal(request) : given !== undefined && isSameSecret(given, token);
    if (!isAllowed) return refuse(request, 'token', 401);
    const homes = countByStatus(await store.homes(), clock.now());
    const body = renderMetrics({ counters, homes, waiting: await store.countWaiting() });
    return { status: 200, headers: { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' }, body };
  };
  const health: Route = async () => jsonAnswer(isHealthy() ? 200 : 503, { ok: isHealthy() });

  const routes = new Map(
    Object.entries<Route>({
      'POST /beat': beat,
      'GET /health': health,
      'GET /metrics': metrics,
      ...createPageRoutes(parts),
    }),
  );
  return async (request) => {
    const [path = ''] = (request.url ?? '').split('?');
    const route = routes.get(`${request.method} ${path}`);
    if (!route) return refuse(request, 'path', 404);
    try {
      return await route(request);
    } catch (error) {
      log.warn(`A request could not be answered: ${describeError(error)}`);
      return { status: 500, isFinal: true };
    }
  };
}
