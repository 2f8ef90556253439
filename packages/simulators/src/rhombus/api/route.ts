import { z } from 'zod';
import type { Answer } from '../../shared/http.ts';
import type { Principal } from '../auth.ts';
import type { Settings } from '../settings.ts';
import type { Camera, Gateway, Organisation } from '../state.ts';
import type { FederatedTokens } from '../tokens.ts';
import type { Webhooks } from '../webhooks.ts';

/** Where the media of a device are to be had; addresses without a trailing slash. */
export interface MediaAddresses {
  lan(device: Camera | Gateway): string[];
  wan: string;
}

/** What an endpoint may look at. */
export interface ApiContext {
  org: Organisation;
  tokens: FederatedTokens;
  webhooks: Webhooks;
  settings: Settings;
  addresses: MediaAddresses;
  principal: Principal;
  now: () => number;
}

export type Route = (body: unknown, context: ApiContext) => Answer;

/** An endpoint: checks the body (wrong types are answered 400, unknown fields ignored) and wraps the result as the service does. */
export function route<Body>(
  schema: z.ZodType<Body>,
  respond: (body: Body, context: ApiContext) => Record<string, unknown> | Answered,
): Route {
  return (raw, context) => {
    const parsed = schema.safeParse(raw);
    if (!parsed.success) return badRequest();
    const result = respond(parsed.data, context);
    if (result instanceof Answered) return result.answer;
    return { body: { error: false, errorMsg: null, warningMsg: null, ...result } };
  };
}

/** A finished answer in place of the fields of a good one. */
export class Answered {
  readonly answer: Answer;

  constructor(answer: Answer) {
    this.answer = answer;
  }
}

/** A body of the wrong shape. */
export function badRequest(): Answer {
  return { status: 400, body: { error: 'Bad Request', msg: "JSON doesn't match expected object structure" } };
}

/** No such object. */
export function notFound(): Answered {
  return new Answered({ status: 404 });
}

/** A failure that is told inside a 200, as the service tells most of them. */
export function failed(errorMsg: string): Answered {
  return new Answered({ body: { error: true, errorMsg, warningMsg: null } });
}

/** Fields of request bodies; all may be absent or null. */
export const text = z.string().nullish();
export const flag = z.boolean().nullish();
export const int = z.int().nullish();
export const texts = z.array(z.string()).nullish();
