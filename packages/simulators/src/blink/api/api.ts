import type { Answer, Request } from '../../shared/http.ts';
import type { Cloud } from '../cloud.ts';
import { accountRoutes } from './account.ts';
import { cameraRoutes } from './cameras.ts';
import { liveRoutes } from './live.ts';
import { mediaRoutes } from './media.ts';
import { oldRoutes } from './old.ts';
import { Call, Refusal, Router } from './route.ts';
import { storageRoutes } from './storage.ts';
import { systemRoutes } from './system.ts';

const routes = [
  ...accountRoutes,
  ...systemRoutes,
  ...cameraRoutes,
  ...mediaRoutes,
  ...storageRoutes,
  ...liveRoutes,
  ...oldRoutes,
];
const router = new Router(routes);
const onProdHost = ['/regions', '/api/v1/users/tier_info', '/api/v2/users/info', '/api/v1/version'];
const notFound: Answer = { status: 404, body: { message: 'Not found', code: 404 } };
const unauthorized: Answer = { status: 401, body: { message: 'Unauthorized Access', error: null, code: 101 } };
const outdated: Answer = { status: 426, body: { message: 'An app update is required', code: 105 } };

/** The name of the call that a request makes, such as `GET /network/{network}/command/{command}`. */
export function nameRoute(method: string, path: string): string {
  return router.find(method, path)?.route.name ?? `${method} ${path}`;
}

export interface Caller {
  isAuthorized: boolean;
  /** The host name that the client asked for. */
  host: string;
}

/** The REST hosts: everything behind the access token, and the few calls without. */
export function answerApi(cloud: Cloud, request: Request, caller: Caller): Answer {
  cloud.commands.settle();
  const build = /\d+/.exec(String(request.headers['app-build'] ?? ''))?.[0];
  if (build && Number(build) < cloud.quirks.minimumAppBuild) return outdated;
  const found = router.find(request.method, request.url.pathname);
  if (!found?.route.isOpen && !caller.isAuthorized) return unauthorized;
  if (!found || !isRightHost(cloud, caller.host, request.url.pathname)) return notFound;
  const call = new Call(cloud, request, found.words);
  if (found.words.account && call.number('account') !== cloud.account.id) return unauthorized;
  try {
    return found.route.answer(call);
  } catch (error) {
    if (error instanceof Refusal) return error.answer;
    throw error;
  }
}

/** Clients that use the real host names have to use the right one: few calls without a tier, all others with it. */
function isRightHost({ account }: Cloud, host: string, path: string): boolean {
  const tier = /^rest-(\w+)\./.exec(host)?.[1];
  if (!tier || tier === account.tier) return true;
  return tier === 'prod' && onProdHost.includes(path);
}
