import type { Faults } from '../shared/faults.ts';
import { type Answer, type HttpSimulator, type Request, startHttp } from '../shared/http.ts';
import { answerApi, nameRoute } from './api/api.ts';
import { createCertificate } from './certificate.ts';
import { answerControl } from './control.ts';
import type { Cloud } from './cloud.ts';
import { Commands } from './commands.ts';
import { createDemoAccount } from './demo.ts';
import { LiveStreams } from './live-streams.ts';
import { LiveViews } from './live-views.ts';
import { createSignIn, OAuth } from './oauth.ts';
import { createQuirks, type Quirks } from './quirks.ts';
import { RateLimiter } from './rate-limit.ts';
import { RequestLog } from './request-log.ts';
import { Scenario } from './scenario.ts';
import type { Account } from './state.ts';
import { Storage } from './storage.ts';
import { DatedFaults, Troubles } from './troubles.ts';

export interface BlinkOptions {
  /** Epoch ms; everything the account dates comes from it. */
  now: () => number;
  /** @default the demo account */
  account?: Account;
  /** 0 lets the system choose. @default 0 */
  port?: number;
  /** HTTPS, with a certificate for the real host names too. @default false */
  https?: boolean;
  /** Serves the streams of live views too. @default false */
  streams?: boolean;
  /** Serves the scenario at `/simulator`, for clients in other languages. @default false */
  control?: boolean;
}

/** A running Blink cloud: the OAuth host and every tier's REST host at one address. */
export interface Blink {
  url: string;
  account: Account;
  oauth: OAuth;
  commands: Commands;
  liveViews: LiveViews;
  /** With the option of this name. */
  streams?: LiveStreams;
  scenario: Scenario;
  quirks: Quirks;
  faults: Faults;
  troubles: Troubles;
  rate: RateLimiter;
  log: RequestLog;
  /** Added to the clock of the `Date` header, in ms. */
  clock: { skewMs: number };
  /** What clients have to trust, as PEM; with HTTPS. */
  certificate?: string;
  http: HttpSimulator;
  close(): Promise<void>;
}

/** Starts the cloud on the loopback address. */
export async function startBlink(options: BlinkOptions): Promise<Blink> {
  const { now, account = createDemoAccount(), port = 0, https = false, control = false, streams = false } = options;
  const clock = { skewMs: 0 };
  const date = (): string => new Date(now() + clock.skewMs).toUTCString();
  const faults = new DatedFaults(date);
  const parts = { ...assemble(account, now), troubles: new Troubles(faults, now) };
  const certificate = https || streams ? await createCertificate() : undefined;
  const http = await startHttp({ port, faults, ...(https && certificate && { tls: certificate }) }, (request) => {
    const answer = (control ? answerControl({ account, ...parts }, request) : undefined) ?? respond(parts, request);
    return { ...answer, headers: { date: date(), ...answer.headers } };
  });
  parts.log.listen(http.server);
  const live = streams && certificate ? new LiveStreams(certificate, parts.liveViews) : undefined;
  await live?.listen();
  const close = async (): Promise<void> => void (await Promise.all([http.close(), live?.close()]));
  const extras = { ...(certificate && { certificate: certificate.cert }), ...(live && { streams: live }) };
  return { url: http.url, account, ...parts, faults, clock, ...extras, http, close };
}

interface Parts {
  cloud: Cloud;
  oauth: OAuth;
  commands: Commands;
  liveViews: LiveViews;
  scenario: Scenario;
  quirks: Quirks;
  rate: RateLimiter;
  log: RequestLog;
}

function assemble(account: Account, now: () => number): Parts {
  const commands = new Commands(now);
  const liveViews = new LiveViews(commands, account.clientId, now);
  const scenario = new Scenario(account, commands, now);
  const quirks = createQuirks();
  const keepClip: Cloud['keepClip'] = (camera, source, startedAt) => void scenario.record(camera, source, startedAt);
  liveViews.onEnd = ({ camera, startedAt }, network) => {
    if (network.saveLiveViews) scenario.record(camera, 'liveview', startedAt);
  };
  const oauth = new OAuth(createSignIn(account, now));
  const signOut = (): void => oauth.revoke();
  const cloud = { account, commands, liveViews, storage: new Storage(), quirks, keepClip, signOut, now };
  const rate = new RateLimiter(now);
  return { cloud, oauth, commands, liveViews, scenario, quirks, rate, log: new RequestLog(now, nameRoute) };
}

function respond({ cloud, oauth, rate, troubles }: Parts & { troubles: Troubles }, request: Request): Answer {
  const host = (request.headers.host ?? '').replace(/:\d+$/, '');
  const isRest = host.startsWith('rest-');
  const caller = { isAuthorized: oauth.isAuthorized(request), host };
  const answer = rate.check() ?? (isRest ? undefined : oauth.respond(request)) ?? answerApi(cloud, request, caller);
  if (typeof answer.body !== 'object' || Buffer.isBuffer(answer.body)) return answer;
  return { ...answer, body: troubles.changed(answer.body, nameRoute(request.method, request.url.pathname)) };
}
