import type { IncomingMessage } from 'node:http';
import type { Faults } from '../shared/faults.ts';
import { type HttpSimulator, startHttp } from '../shared/http.ts';
import { createApi, createForeignApi } from './api/api.ts';
import { authenticate, readCredentials } from './auth.ts';
import type { Authority } from './certificates.ts';
import type { Lan } from './lan.ts';
import { Wires } from './link.ts';
import { createMediaHost, type MediaContext } from './media-host.ts';
import { answerPicture } from './picture-host.ts';
import type { Webhooks } from './webhooks.ts';

export interface CloudOptions {
  plainCloud?: boolean;
  wanName: string;
  ports: { api?: number; ws?: number; wan?: number };
}

export interface CloudParts {
  media: MediaContext;
  faults: Faults;
  webhooks: Webhooks;
  lan: Lan;
  authority: Authority;
}

/** The cloud's listeners: the API, the same in another region, the change stream's and the edge for footage. */
export interface Cloud {
  api: HttpSimulator;
  foreign: HttpSimulator;
  ws: HttpSimulator;
  wan: HttpSimulator;
  wanUrl: string;
}

/** Starts the cloud's listeners on the loopback address. */
export async function startCloud(options: CloudOptions, parts: CloudParts): Promise<Cloud> {
  const { media, faults, webhooks, lan, authority } = parts;
  const { wanName, ports } = options;
  const names = ['127.0.0.1', 'localhost', wanName, wanName.replace('.dash.', '.dash-internal.')];
  const certificate = options.plainCloud ? undefined : await authority.server([...new Set(names)]);
  const mutual = { ca: authority.cert, requestCert: true, rejectUnauthorized: false };
  const tls = certificate && { tls: { ...certificate, ...mutual } };
  const edge = createMediaHost(media, { route: 'wan', wires: new Wires(media.settings.network.wan) });
  const wan = await startHttp(
    { ...tls, faults, port: ports.wan ?? 0 },
    (request) => answerPicture(media, request) ?? edge(request),
  );
  const wanUrl = wan.url.replace('127.0.0.1', wanName);
  const { org, tokens, settings, now } = media;
  const addresses = { lan: lan.addresses.bind(lan), wan: wanUrl };
  const respond = createApi({ org, tokens, settings, now, webhooks, addresses });
  const [api, foreign, ws] = await Promise.all([
    startHttp({ ...tls, faults, port: ports.api ?? 0 }, respond),
    startHttp({ ...tls }, createForeignApi(now)),
    // The stream takes keys only, so it does not ask for certificates.
    startHttp({ ...(certificate && { tls: certificate }), port: ports.ws ?? 0 }, () => ({ status: 404 })),
  ]);
  return { api, foreign, ws, wan, wanUrl };
}

/** Judges a handshake of the change stream as the service does, before the upgrade. */
export function refuseStream({ org, tokens, now }: MediaContext): (request: IncomingMessage) => number | undefined {
  return (raw) => {
    const shown = readCredentials({ url: new URL(raw.url ?? '/', 'http://localhost'), raw });
    if (shown.scheme !== 'api-token' && shown.scheme !== 'partner-api-token') return 401;
    const verdict = authenticate(shown, { org, tokens, now });
    return 'refusal' in verdict ? verdict.refusal.status : undefined;
  };
}
