import { createServer, type AddressInfo, type Socket } from 'node:net';
import { routerLoad, type Load, type PlugSimulator } from './plug.ts';
import { Relay } from './relay.ts';

export interface KasaOptions {
  relay?: Relay;
  port?: number;
  load?: Load;
  /** A firmware on which switching the relay ends a countdown that was set before. Default: no. */
  doesRelayEndTimer?: boolean;
  /** A strip: the relay is its second socket, the first is always on. */
  isStrip?: boolean;
  /** What it answers instead, for tests: nonsense, nothing, or hanging up. */
  trouble?: 'nonsense' | 'silent' | 'hang-up';
}

export interface KasaPlug extends PlugSimulator {
  /** Messages that came, oldest first. */
  received: string[];
  options: KasaOptions;
}

type Json = Record<string, unknown>;

const deviceId = '8006A1B2C3D4E5F6A1B2C3D4E5F6A1B2C3D4E5F6';

/** A Kasa plug with the old protocol on TCP: lengths, XOR, and a countdown that fires. */
export async function startKasa(options: KasaOptions = {}): Promise<KasaPlug> {
  const { relay = new Relay() } = options;
  const received: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    let bytes = Buffer.alloc(0);
    socket.on('data', (part) => {
      bytes = Buffer.concat([bytes, part]);
      while (bytes.length >= 4 && bytes.length >= 4 + bytes.readUInt32BE()) {
        const length = bytes.readUInt32BE();
        const message = unmask(bytes.subarray(4, 4 + length));
        bytes = bytes.subarray(4 + length);
        received.push(message);
        reply(socket, options, JSON.stringify(answerKasa(JSON.parse(message) as Json, relay, options)));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const close = async (): Promise<void> => {
    relay.cancel();
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return { port: (server.address() as AddressInfo).port, relay, received, options, close };
}

function reply(socket: Socket, { trouble }: KasaOptions, text: string): void {
  if (trouble === 'silent') return;
  if (trouble === 'hang-up') return void socket.destroy();
  const body = mask(trouble === 'nonsense' ? '{"broken' : text);
  const head = Buffer.alloc(4);
  head.writeUInt32BE(body.length);
  socket.write(Buffer.concat([head, body]));
}

/** Modules are carried out in the order in which they stand in the message. */
export function answerKasa(message: Json, relay: Relay, options: KasaOptions): Json {
  const { context, ...modules } = message as { context?: { child_ids: string[] } } & Json;
  const isFirstOfStrip = options.isStrip && context?.child_ids[0] === `${deviceId}00`;
  const target = isFirstOfStrip ? new Relay() : relay;
  return Object.fromEntries(
    Object.entries(modules).map(([module, commands]) => [
      module,
      Object.fromEntries(
        Object.entries(commands as Json).map(([command, parts]) => [
          command,
          carryOut(`${module}.${command}`, (parts ?? {}) as Json, target, options),
        ]),
      ),
    ]),
  );
}

function carryOut(command: string, parts: Json, relay: Relay, options: KasaOptions): Json {
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
      return { id: '7C90311A1CD3227F25C6001D88F7FC13', err_code: 0 };
    case 'count_down.get_rules':
      return { rule_list: relay.pending ? [{ enable: 1, delay: relay.pending.seconds }] : [], err_code: 0 };
    case 'emeter.get_realtime': {
      const { watts, volts } = options.load ?? routerLoad;
      const now = relay.on ? watts : 0;
      return {
        voltage_mv: volts * 1000,
        current_ma: (now / volts) * 1000,
        power_mw: now * 1000,
        total_wh: 4321,
        err_code: 0,
      };
    }
    default:
      return { err_code: -1, err_msg: 'module not support' };
  }
}

function sysinfo(relay: Relay, { isStrip }: KasaOptions): Json {
  const about = { sw_ver: '1.0.20', hw_ver: '1.0', deviceId, mac: 'B0:95:75:A1:B2:C3', alias: 'Router' };
  const state = relay.on ? 1 : 0;
  if (!isStrip) return { ...about, model: 'HS110(EU)', relay_state: state };
  return {
    ...about,
    model: 'HS300(US)',
    children: [
      { id: '00', state: 1 },
      { id: '01', state },
    ],
  };
}

function mask(text: string): Buffer {
  const bytes = Buffer.from(text);
  for (let at = 0, key = 171; at < bytes.length; at++) bytes[at] = key = (bytes[at] ?? 0) ^ key;
  return bytes;
}

function unmask(bytes: Buffer): string {
  const plain = Buffer.alloc(bytes.length);
  for (let at = 0, key = 171; at < bytes.length; at++) {
    plain[at] = (bytes[at] ?? 0) ^ key;
    key = bytes[at] ?? 0;
  }
  return plain.toString();
}
