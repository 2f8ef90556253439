import type { BlinkConfig } from '@porchlight/config-schemas';
import { describeError, type Clock, type ServiceContext } from '@porchlight/core';
import * as z from 'zod';
import { BlinkCloud } from './cloud/client.ts';
import { RequestGate } from './cloud/gate.ts';
import { createPaths } from './cloud/paths.ts';
import { createHttp, type Fetch } from './http/client.ts';
import { Session } from './session/client.ts';
import { renewTokens, WebSignIn, type Credentials, type SignInParts } from './sign-in/client.ts';
import { createIdentity } from './sign-in/identity.ts';
import type { PollSettings } from '../domain/poll-plan.ts';
import { divide } from '../domain/request-budget.ts';

const errandsSchema = z.object({ budget: z.object({ tokens: z.number(), at: z.number() }).exactOptional() });

export interface Access {
  cloud: BlinkCloud;
  gate: RequestGate;
  session: Session;
  openSignIn(credentials: Credentials): WebSignIn;
}

export type AccessContext = Pick<ServiceContext, 'clock' | 'log' | 'storage' | 'signal'>;

export interface AccessOptions {
  /** Whose part of the budget it takes. @default the service's */
  by?: 'service' | 'errand';
  fetch?: Fetch | undefined;
}

/** The way to the account: session, sign-in and API over one HTTP client. */
export function openAccess(
  config: BlinkConfig,
  context: AccessContext,
  { by = 'service', fetch }: AccessOptions = {},
): Access {
  const { api, email, polling, temperatureUnit } = config;
  const { clock, log, storage } = context;
  const http = createHttp({ timeoutMs: api.timeoutSeconds * 1000, ...(fetch && { fetch }) }, context);
  const gate = new RequestGate(divide(polling.requestsPerHour)[by], context);
  const signInParts: SignInParts = {
    http: (request) => gate.pass('order', () => http(request)),
    clock,
    identity: createIdentity(api.identity),
    oauthUrl: api.oauthUrl.replace(/\/+$/, ''),
  };
  const session = new Session({
    storage,
    clock,
    log,
    email,
    renew: (refresh, hardwareId) => renewTokens(signInParts, refresh, hardwareId),
  });
  const headers = Object.fromEntries(api.headers.map(({ name, value }) => [name.toLowerCase(), value]));
  const cloud = new BlinkCloud(
    { restUrl: api.restUrl, headers, temperatureUnit },
    { http, gate, session, paths: createPaths(api.paths), clock },
  );
  return { cloud, gate, session, openSignIn: (credentials) => new WebSignIn(signInParts, credentials) };
}

/** Goes on with what is left for errands, whichever process was on one before, and keeps it on the disk from now on. */
export async function resumeErrands({ gate }: Access, { storage, log }: AccessContext): Promise<void> {
  const document = storage.document('errands', errandsSchema, {});
  const { budget } = await document.read();
  if (budget) gate.resume(budget);
  const keep = async (): Promise<void> => {
    await document.write({ budget: gate.budget }).catch((error: unknown) => log.debug(describeError(error)));
  };
  gate.onSpent = () => void keep();
  await keep();
}

export function toPollSettings({ polling }: BlinkConfig): PollSettings {
  const { armedSeconds, idleSeconds, stateSeconds } = polling;
  return { armedMs: armedSeconds * 1000, idleMs: idleSeconds * 1000, stateMs: stateSeconds * 1000 };
}

/** Epoch ms of the cloud's clock, as far as it is known. */
export function clocksOf(clock: Clock, cloud: { skewMs: number }): { local: number; cloud: number } {
  const local = clock.now();
  return { local, cloud: local + cloud.skewMs };
}
