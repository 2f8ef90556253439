import { Faults } from '../shared/faults.ts';
import { startHttp, type Answer, type Request } from '../shared/http.ts';
import { createDigestGuard } from './digest-guard.ts';
import { routerLoad, type HttpPlug, type Load } from './plug.ts';
import { Relay } from './relay.ts';

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

type Params = Record<string, unknown>;

/** A Shelly plug of the second generation or later: its RPC over HTTP, and a timer of its own. */
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
    app: 'PlugSG3',
    auth_en: password !== undefined,
    auth_domain: password === undefined ? null : id,
  };
  const device = createDevice(relay, load, identity);
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
  return { port: http.port, relay, faults, requests: http.requests, close: () => http.close() };
}

function answerFrame(request: Request, device: (method: string, params: Params) => Params): Answer {
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

function createDevice(relay: Relay, load: Load, identity: Params): (method: string, params: Params) => Params {
  const badChannel = { code: -105, message: "Argument 'id', value 1 not found!" };
  const methods: Record<string, (params: Params) => Params> = {
    'Shelly.GetDeviceInfo': () => identity,
    'Switch.GetStatus': ({ id }) => (id === 0 ? status(relay, load) : badChannel),
    'Switch.Set'({ id, on, toggle_after: after }) {
      if (id !== 0) return badChannel;
      if (typeof on !== 'boolean') return { code: -103, message: "Missing required argument 'on'!" };
      const was = relay.on;
      relay.set(on);
      if (typeof after === 'number') relay.flipAfter(after, !on);
      return { was_on: was };
    },
    'Switch.Toggle'({ id }) {
      if (id !== 0) return badChannel;
      const was = relay.on;
      relay.set(!was);
      return { was_on: was };
    },
  };
  return (name, params) => methods[name]?.(params) ?? { code: 404, message: `No handler for ${name}` };
}

function status(relay: Relay, { watts, volts }: Load): Params {
  const { pending, on } = relay;
  return {
    id: 0,
    source: 'http',
    output: on,
    ...(pending && { timer_started_at: pending.startedAt / 1000, timer_duration: pending.seconds }),
    apower: on ? watts : 0,
    voltage: volts,
    current: on ? Number((watts / volts).toFixed(3)) : 0,
    aenergy: { total: 1234.567, by_minute: [0, 0, 0], minute_ts: 1_767_225_600 },
    temperature: { tC: 41.2, tF: 106.2 },
  };
}
