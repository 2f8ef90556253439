import { routerLoad, type Load } from './plug.ts';
import { Relay } from './relay.ts';

/** What a plug with Kasa's language is. */
export interface KasaTraits {
  load?: Load;
  /** A firmware on which switching the relay ends a countdown that was set before. Default: no. */
  doesRelayEndTimer?: boolean;
  /** A strip: the relay is its second socket, the first is always on. */
  isStrip?: boolean;
}

type Json = Record<string, unknown>;

const deviceId = '8006A1B2C3D4E5F6A1B2C3D4E5F6A1B2C3D4E5F6';
const plugType = 'IOT.SMARTPLUGSWITCH';
const ruleId = '7C90311A1CD3227F25C6001D88F7FC13';
/** It has never been entered into its maker's cloud. */
const cloud = {
  username: '',
  server: 'n-devs.tplinkcloud.com',
  binded: 0,
  cld_connection: 0,
  illegalType: -1,
  tcspStatus: -1,
  fwDlPage: '',
  tcspInfo: '',
  stopConnect: -1,
  fwNotifyType: 0,
};
const modules: ReadonlySet<string> = new Set(['system', 'count_down', 'emeter', 'cnCloud', 'time']);
const unknownModule = { err_code: -1, err_msg: 'module not support' };
const unknownCommand = { err_code: -2, err_msg: 'member not support' };

/** Modules are carried out in the order in which they stand in the message. */
export function answerKasa(message: Json, relay: Relay, options: KasaTraits): Json {
  const { context, ...wishes } = message as { context?: { child_ids: string[] } } & Json;
  const isFirstOfStrip = options.isStrip && context?.child_ids[0] === `${deviceId}00`;
  const target = isFirstOfStrip ? new Relay() : relay;
  return Object.fromEntries(
    Object.entries(wishes).map(([module, commands]) => [
      module,
      modules.has(module) ? answerModule(module, commands as Json, target, options) : unknownModule,
    ]),
  );
}

function answerModule(module: string, commands: Json, relay: Relay, options: KasaTraits): Json {
  return Object.fromEntries(
    Object.entries(commands).map(([command, parts]) => [
      command,
      carryOut(`${module}.${command}`, (parts ?? {}) as Json, relay, options),
    ]),
  );
}

function carryOut(command: string, parts: Json, relay: Relay, options: KasaTraits): Json {
  switch (command) {
    case 'system.get_sysinfo':
      return { err_code: 0, ...sysinfo(relay, options) };
    case 'system.set_relay_state':
      relay.set(parts['state'] === 1, { keepTimer: !options.doesRelayEndTimer });
      return { err_code: 0 };
    case 'count_down.delete_all_rules':
      relay.cancel();
      return { err_code: 0 };
    case 'count_down.add_rule':
      if (relay.pending) return { err_code: -10, err_msg: 'table is full' };
      relay.flipAfter(Number(parts['delay']), parts['act'] === 1);
      return { id: ruleId, err_code: 0 };
    case 'count_down.get_rules':
      return { rule_list: listRules(relay), err_code: 0 };
    case 'emeter.get_realtime':
      return { ...measure(relay, options.load), err_code: 0 };
    case 'emeter.get_daystat':
      return { day_list: [{ year: 2026, month: 1, day: 1, energy_wh: 120 }], err_code: 0 };
    case 'emeter.get_monthstat':
      return { month_list: [{ year: 2026, month: 1, energy_wh: 4321 }], err_code: 0 };
    case 'cnCloud.get_info':
      return { ...cloud, err_code: 0 };
    case 'time.get_time':
      return { year: 2026, month: 1, mday: 1, hour: 12, min: 0, sec: 0, err_code: 0 };
    case 'time.get_timezone':
      return { index: 39, err_code: 0 };
    default:
      return unknownCommand;
  }
}

function listRules({ pending }: Relay): Json[] {
  if (!pending) return [];
  const { seconds, on } = pending;
  return [{ id: ruleId, name: 'countdown', enable: 1, delay: seconds, act: on ? 1 : 0, remain: seconds }];
}

function measure({ on }: Relay, { watts, volts }: Load = routerLoad): Json {
  const now = on ? watts : 0;
  return { voltage_mv: volts * 1000, current_ma: (now / volts) * 1000, power_mw: now * 1000, total_wh: 4321 };
}

function sysinfo(relay: Relay, { isStrip }: KasaTraits): Json {
  const about = {
    sw_ver: '1.0.20 Build 200221 Rel.092759',
    hw_ver: '1.0',
    deviceId,
    hwId: 'A6056210F7DBE3B3E2AF9C5A6BB0AA7F',
    oemId: 'FFF22CFF774A0B89F7624BFC6F50D5DE',
    alias: 'Router',
    mac: 'B0:95:75:A1:B2:C3',
    feature: 'TIM:ENE',
    rssi: -52,
    latitude_i: 0,
    longitude_i: 0,
    led_off: 0,
    updating: 0,
  };
  const state = relay.on ? 1 : 0;
  if (!isStrip) {
    const kind = { model: 'HS110(EU)', dev_name: 'Smart Wi-Fi Plug With Energy Monitoring', type: plugType };
    return { ...about, ...kind, relay_state: state, on_time: 0, active_mode: 'none' };
  }
  const child = { on_time: 0, next_action: { type: -1 } };
  const children = [
    { id: '00', alias: 'Modem', state: 1, ...child },
    { id: '01', alias: 'Router', state, ...child },
  ];
  return { ...about, model: 'HS300(US)', mic_type: plugType, child_num: children.length, children };
}
