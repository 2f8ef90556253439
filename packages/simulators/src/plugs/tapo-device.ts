import { routerLoad } from './plug.ts';
import type { Relay } from './relay.ts';

/** What a plug with Tapo's calls is. */
export interface TapoTraits {
  /** A firmware on which switching the relay ends the countdown. The order in a message still counts. */
  doesRelayEndTimer?: boolean;
}

type Json = Record<string, unknown>;
type Call = (params: Json, relay: Relay, traits: TapoTraits) => Json;

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const done = (result?: Json): Json => ({ ...(result && { result }), error_code: 0 });
const unknownMethod = { error_code: -1002 };
const tableIsFull = { error_code: -1802 };

const about = {
  device_id: '8022A1B2C3D4E5F6A1B2C3D4E5F6A1B2C3D4E5F6',
  fw_ver: '1.3.1 Build 240621 Rel.162048',
  hw_ver: '1.0',
  type: 'SMART.TAPOPLUG',
  model: 'P110',
  mac: 'A8-42-A1-B2-C3-D4',
  hw_id: '2FB30EF5BF920C44099401D396C6B55B',
  fw_id: '00000000000000000000000000000000',
  oem_id: '178F2A3F3B8B5A5C5D5E5F6061626364',
  specs: '',
  lang: 'en_US',
  region: 'Europe/Berlin',
  time_diff: 60,
  avatar: 'plug',
  nickname: base64('Router'),
  ssid: base64('Home'),
  ip: '127.0.0.1',
  rssi: -52,
  signal_level: 2,
  overheated: false,
  default_states: { type: 'last_states', state: {} },
};

/** What it says it can. */
const components = ['device', 'time', 'countdown', 'energy_monitoring', 'auto_off', 'led'];

const calls: Record<string, Call> = {
  multipleRequest(params, relay, traits) {
    const requests = params['requests'] as { method: string; params?: Json }[];
    const responses = requests.map((one) => ({ method: one.method, ...answerTapo({ ...one }, relay, traits) }));
    return done({ responses });
  },
  component_nego: () => done({ component_list: components.map((id) => ({ id, ver_code: 1 })) }),
  get_device_info: (_params, relay) => done({ ...about, device_on: relay.on, on_time: 0 }),
  get_device_time: () => done({ timestamp: 1_767_225_600, time_diff: 60, region: 'Europe/Berlin' }),
  get_device_usage: () => done({ time_usage: { today: 60, past7: 420, past30: 1800 } }),
  get_led_info: () => done({ led_status: true, led_rule: 'always', night_mode: {} }),
  get_auto_off_config: () => done({ enable: false, delay_min: 120 }),
  set_device_info(params, relay, { doesRelayEndTimer }) {
    relay.set(params['device_on'] === true, { keepTimer: !doesRelayEndTimer });
    return done();
  },
  get_energy_usage(_params, relay) {
    const use = { today_runtime: 60, month_runtime: 1800, today_energy: 120, month_energy: 4321 };
    return done({ ...use, current_power: relay.on ? routerLoad.watts * 1000 : 0 });
  },
  add_countdown_rule(params, relay) {
    if (relay.pending) return tableIsFull;
    const desired = params['desired_states'] as { on: boolean };
    relay.flipAfter(Number(params['delay']), desired.on);
    return done({ id: 'C1' });
  },
  get_countdown_rules: (_params, { pending, remainingSeconds }) =>
    done({
      enable: false,
      countdown_rule_max_count: 1,
      rule_list: pending
        ? [
            {
              id: 'C1',
              enable: true,
              delay: pending.seconds,
              remain: Math.ceil(remainingSeconds),
              desired_states: { on: pending.on },
            },
          ]
        : [],
    }),
  remove_countdown_rules(_params, relay) {
    relay.cancel();
    return done();
  },
};

/** Calls of a batch are carried out in their order. */
export function answerTapo({ method, params }: Json, relay: Relay, traits: TapoTraits): Json {
  return calls[String(method)]?.((params ?? {}) as Json, relay, traits) ?? unknownMethod;
}
