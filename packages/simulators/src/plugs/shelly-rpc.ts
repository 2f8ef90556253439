import type { Load } from './plug.ts';
import type { Relay } from './relay.ts';

export type Params = Record<string, unknown>;
/** Carries out one method; an answer with `code` is an error. */
export type ShellyDevice = (method: string, params: Params) => Params;

/** The methods of a plug, however they are called. */
export function createShellyDevice(relay: Relay, load: Load, identity: Params): ShellyDevice {
  const badChannel = { code: -105, message: "Argument 'id', value 1 not found!" };
  const methods: Record<string, (params: Params) => Params> = {
    'Shelly.GetDeviceInfo': () => identity,
    'Shelly.GetStatus': () => ({ sys: { ...sys, mac: identity['mac'] }, wifi, 'switch:0': status(relay, load) }),
    'Shelly.GetConfig': () => ({
      sys: { device: { name: identity['name'], mac: identity['mac'] } },
      'switch:0': config,
    }),
    'Shelly.GetComponents': () => ({ components: [], cfg_rev: 1, offset: 0, total: 0 }),
    'Shelly.ListMethods': () => ({ methods: Object.keys(methods) }),
    'Switch.GetConfig': ({ id }) => (id === 0 ? config : badChannel),
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

const sys = { restart_required: false, uptime: 86_400, cfg_rev: 1, available_updates: {} };
const wifi = { sta_ip: '127.0.0.1', status: 'got ip', ssid: 'Home', rssi: -52 };
const config = { id: 0, name: null, initial_state: 'restore_last', auto_on: false, auto_off: false };

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
