import { Faults } from '../shared/faults.ts';
import { startHttp } from '../shared/http.ts';
import { routerLoad, type HttpPlug, type Load } from './plug.ts';
import { Relay } from './relay.ts';

export interface ShellyGen1Options {
  relay?: Relay;
  port?: number;
  /** Basic login, when set. */
  login?: { username: string; password: string };
  load?: Load;
}

/** A Shelly plug of the first generation. */
export async function startShellyGen1(options: ShellyGen1Options = {}): Promise<HttpPlug> {
  const { relay = new Relay(), login, load = routerLoad } = options;
  const faults = new Faults();
  const expected = login && `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`;
  const http = await startHttp({ faults, port: options.port ?? 0 }, ({ url, headers }) => {
    if (url.pathname === '/shelly') {
      const about = { type: 'SHPLG-S', mac: 'E868E7A1B2C3', auth: login !== undefined, fw: '20230913-113421/v1.14.0' };
      return { body: { ...about, discoverable: false, longid: 1, num_outputs: 1, num_meters: 1 } };
    }
    if (expected !== undefined && headers.authorization !== expected) {
      return { status: 401, headers: { 'www-authenticate': 'Basic realm="shellyplug-s"' }, body: '401 Unauthorized' };
    }
    if (url.pathname === '/status') return { body: status(relay, load) };
    if (url.pathname !== '/relay/0') return { status: 404, body: 'Not Found' };
    const turn = url.searchParams.get('turn');
    if (turn !== null && !['on', 'off', 'toggle'].includes(turn)) return { status: 400, body: `Bad turn: ${turn}` };
    if (turn !== null) relay.set(turn === 'toggle' ? !relay.on : turn === 'on');
    const timer = Number(url.searchParams.get('timer') ?? 0);
    if (turn !== null && timer > 0) relay.flipAfter(timer, !relay.on);
    return { body: relayState(relay) };
  });
  return { port: http.port, relay, faults, requests: http.requests, close: () => http.close() };
}

function relayState(relay: Relay): object {
  const { pending } = relay;
  return {
    ison: relay.on,
    has_timer: pending !== undefined,
    timer_started: pending ? Math.floor(pending.startedAt / 1000) : 0,
    timer_duration: pending?.seconds ?? 0,
    timer_remaining: Math.ceil(relay.remainingSeconds),
    overpower: false,
    source: 'http',
  };
}

function status(relay: Relay, { watts }: Load): object {
  return {
    relays: [relayState(relay)],
    // Energy in watt-minutes.
    meters: [{ power: relay.on ? watts : 0, overpower: 0, is_valid: true, timestamp: 1_767_225_600, total: 74_074 }],
    temperature: 38.5,
    overtemperature: false,
    uptime: 86_400,
  };
}
