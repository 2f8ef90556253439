import { z } from 'zod';
import type { Answer, Request } from '../shared/http.ts';
import type { OAuth } from './oauth.ts';
import { controlPath, type RequestLog } from './request-log.ts';
import type { Scenario } from './scenario.ts';
import type { Account, MediaRow } from './state.ts';
import type { Troubles } from './troubles.ts';

const where = { on: z.string().optional(), times: z.number().optional(), forMs: z.number().optional() };
const camera = z.number();

const order = z.discriminatedUnion('do', [
  z.object({
    do: z.literal('trigger'),
    camera,
    source: z.enum(['pir', 'cv_motion', 'liveview', 'snapshot', 'button_press']).optional(),
    labels: z.array(z.string()).default([]),
  }),
  z.object({ do: z.literal('live-view'), camera, seconds: z.number().default(30) }),
  z.object({ do: z.literal('watch'), row: z.number() }),
  z.object({ do: z.literal('remove'), row: z.number() }),
  z.object({ do: z.literal('arm'), network: z.number(), armed: z.boolean() }),
  z.object({ do: z.literal('online'), camera, online: z.boolean() }),
  z.object({ do: z.literal('expire-tokens') }),
  z.object({ do: z.literal('revoke-tokens') }),
  z.object({
    do: z.literal('trouble'),
    name: z.enum(['unauthorized', 'forbidden', 'notAcceptable', 'updateRequired', 'tooManyRequests', 'hang', 'reset']),
    ...where,
  }),
  z.object({ do: z.literal('clear') }),
]);

type Order = z.infer<typeof order>;

interface Controlled {
  account: Account;
  oauth: OAuth;
  scenario: Scenario;
  troubles: Troubles;
  log: RequestLog;
}

/** The scenario over HTTP, for programs in other languages: `POST /simulator` with `{"do": …}`, and `GET` for what was seen. */
export function answerControl(cloud: Controlled, request: Request): Answer | undefined {
  if (request.url.pathname !== controlPath) return undefined;
  if (request.method === 'GET') return { body: report(cloud) };
  const parsed = order.safeParse(readJson(request.body.toString()));
  if (!parsed.success) return { status: 400, body: { message: z.prettifyError(parsed.error) } };
  try {
    return { body: carryOut(cloud, parsed.data) ?? {} };
  } catch (error) {
    return { status: 404, body: { message: String(error) } };
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function report({ oauth, account, log }: Controlled): unknown {
  const media = account.media.map(({ id, camera: { name }, source, uploadedAt }) => ({ id, name, source, uploadedAt }));
  return { pin: oauth.messages.at(-1)?.pin ?? null, media, requests: Object.fromEntries(log.summary()) };
}

function carryOut({ account, oauth, scenario, troubles }: Controlled, asked: Order): unknown {
  switch (asked.do) {
    case 'trigger':
      return { row: scenario.trigger(asked.camera, asked.source, { labels: asked.labels })?.id ?? null };
    case 'live-view':
      return { row: scenario.openLiveView(asked.camera, asked.seconds)?.id ?? null };
    case 'watch':
      scenario.watch(rowOf(account, asked.row));
      return undefined;
    case 'remove':
      scenario.remove(rowOf(account, asked.row));
      return undefined;
    case 'arm':
      scenario.arm(asked.network, asked.armed);
      return undefined;
    case 'online':
      scenario.camera(asked.camera).online = asked.online;
      return undefined;
    case 'expire-tokens':
      oauth.expireAccess();
      return undefined;
    case 'revoke-tokens':
      oauth.revoke();
      return undefined;
    case 'trouble':
      troubles[asked.name](whereOf(asked));
      return undefined;
    case 'clear':
      troubles.clear();
      return undefined;
  }
}

/** The simulator's own calls are never spoiled. */
function whereOf({
  on,
  times,
  forMs,
}: {
  on?: string | undefined;
  times?: number | undefined;
  forMs?: number | undefined;
}) {
  const match = on === undefined ? /^(?!.*\/simulator$)/ : on;
  return { on: match, ...(times !== undefined && { times }), ...(forMs !== undefined && { forMs }) };
}

function rowOf(account: Account, rowId: number): MediaRow {
  const row = account.media.find(({ id }) => id === rowId);
  if (!row) throw new Error(`No simulated row ${rowId}`);
  return row;
}
