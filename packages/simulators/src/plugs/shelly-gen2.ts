import { Faults } from '../shared/faults.ts';
import { startHttp, type Answer, type Request } from '../shared/http.ts';
import { createDigestGuard } from './digest-guard.ts';
import { routerLoad, type HttpPlug, type Load } from './plug.ts';
import { Relay } from './relay.ts';
import { createShellyDevice, type Params, type ShellyDevice } from './shelly-rpc.ts';
import { openShellySocket } from './shelly-socket.ts';

export interface ShellyGen2Options {
  relay?: Relay;
  port?: number;
  /** Asks for a login when set; the user is always `admin`. */
  password?: string;
  /** Default 3. */
  generation?: 2 | 3 | 4;
  load?: Load;
  id?: string;
}

/** A Shelly plug of the second generation or later: its RPC over HTTP and WebSocket, and a timer of its own. */
export async function startShellyGen2(options: ShellyGen2Options = {}): Promise<HttpPlug> {
  const {
    relay = new Relay(),
    password,
    generation = 3,
    load = routerLoad,
    id = 'shellyplugsg3-a1b2c3d4e5f6',
  } = options;
  const faults = new Faults();
  const guard =
    password === undefined
      ? () => undefined
      : createDigestGuard({ username: 'admin', password, realm: id, algorithm: 'SHA-256' });
  const identity = {
    name: null,
    id,
    mac: 'A1B2C3D4E5F6',
    model: 'S3PL-00112EU',
    gen: generation,
    ver: '1.4.4',
    fw_id: '20241011-114455/1.4.4-g6d2a586',
    app: 'PlugSG3',
    auth_en: password !== undefined,
    auth_domain: password === undefined ? null : id,
  };
  const device = createShellyDevice(relay, load, identity);
  const http = await startHttp({ faults, port: options.port ?? 0 }, (request) => {
    const { url, method } = request;
    if (url.pathname === '/shelly') return { body: identity };
    const refusal = guard(request);
    if (refusal) return refusal;
    if (url.pathname === '/rpc' && method === 'POST') return answerFrame(request, device);
    const name = /^\/rpc\/([A-Za-z.]+)$/.exec(url.pathname)?.[1];
    if (name === undefined) return { status: 404, body: 'Not Found' };
    const result = device(name, readQuery(url.searchParams));
    return 'code' in result ? { status: result.code === 404 ? 404 : 500, body: result } : { body: result };
  });
  const socket = openShellySocket({
    server: http.server,
    relay,
    device,
    id,
    ...(password !== undefined && { password }),
  });
  const close = async (): Promise<void> => {
    socket.close();
    await http.close();
  };
  return { port: http.port, relay, faults, requests: http.requests, close };
}

function answerFrame(request: Request, device: ShellyDevice): Answer {
  const frame = JSON.parse(request.body.toString()) as { id: number; src?: string; method: string; params?: Params };
  const result = device(frame.method, frame.params ?? {});
  const head = { id: frame.id, src: 'shellyplugsg3-a1b2c3d4e5f6', ...(frame.src !== undefined && { dst: frame.src }) };
  return { body: 'code' in result ? { ...head, error: result } : { ...head, result } };
}

/** In a query everything is JSON where it can be. */
function readQuery(query: URLSearchParams): Params {
  return Object.fromEntries(
    Array.from(query, ([key, value]) => {
      try {
        return [key, JSON.parse(value) as unknown];
      } catch {
        return [key, value];
      }
    }),
  );
}
