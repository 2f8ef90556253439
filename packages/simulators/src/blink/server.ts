import { Faults } from '../shared/faults.ts';
import { type Answer, type HttpSimulator, startHttp } from '../shared/http.ts';
import { type ApiContext, answerApi } from './api.ts';
import { Commands } from './commands.ts';
import { OAuth } from './oauth.ts';
import { Scenario } from './scenario.ts';
import { type Account, createDemoAccount } from './state.ts';

export interface BlinkOptions {
  /** Epoch ms; everything the account dates comes from it. */
  now: () => number;
  /** @default the demo account */
  account?: Account;
  /** 0 lets the system choose. @default 0 */
  port?: number;
}

/** A running Blink cloud: the OAuth host and every tier's REST host at one address. */
export interface Blink {
  url: string;
  account: Account;
  oauth: OAuth;
  commands: Commands;
  scenario: Scenario;
  faults: Faults;
  /** Added to the clock of the `Date` header, in ms. */
  clock: { skewMs: number };
  http: HttpSimulator;
  close(): Promise<void>;
}

/** Starts the cloud on the loopback address. */
export async function startBlink(options: BlinkOptions): Promise<Blink> {
  const { now, account = createDemoAccount(), port = 0 } = options;
  const faults = new Faults();
  const commands = new Commands(now);
  const oauth = new OAuth({
    account,
    now,
    tokenSeconds: 14_400,
    blockedHardwareIds: ['Home Assistant', 'Blinkpy'],
    pinsBeforeLock: 5,
    pinsSent: 0,
    locked: false,
  });
  const clock = { skewMs: 0 };
  const context: ApiContext = { account, commands, now, pageRows: 25 };
  const http = await startHttp({ port, faults }, (request) => {
    const signIn = oauth.respond(request);
    const isKnown = signIn !== undefined || oauth.isAuthorized(request);
    const unauthorized: Answer = { status: 401, body: { message: 'Unauthorized Access', error: null, code: 101 } };
    const answer = signIn ?? (isKnown ? answerApi(context, request) : unauthorized);
    const date = new Date(now() + clock.skewMs).toUTCString();
    return { ...answer, headers: { date, ...answer.headers } };
  });
  const scenario = new Scenario(account, now);
  return { url: http.url, account, oauth, commands, scenario, faults, clock, http, close: () => http.close() };
}
