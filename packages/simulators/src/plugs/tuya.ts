import { createCipheriv, createDecipheriv } from 'node:crypto';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { crc32 } from 'node:zlib';
import { routerLoad, type PlugSimulator } from './plug.ts';
import { Relay } from './relay.ts';

export interface TuyaOptions {
  relay?: Relay;
  port?: number;
  /** 16 characters. */
  key: string;
  id: string;
  /** A firmware on which the countdown in the message that switches is lost. */
  isCountdownIgnored?: boolean;
}

export interface TuyaPlug extends PlugSimulator {
  /** Data points that were set, oldest first. */
  sets: Record<string, unknown>[];
  /** Those who are connected now; a real plug has room for very few. */
  readonly connections: number;
}

const head = 0x000055aa;
const tail = 0x0000aa55;
const commands = { control: 7, status: 8, heartbeat: 9, query: 10 } as const;
const versionHead = Buffer.concat([Buffer.from('3.3'), Buffer.alloc(12)]);

/** A Tuya plug on the local network, protocol 3.3: data point 1 is the switch, 9 its countdown. */
export async function startTuya(options: TuyaOptions): Promise<TuyaPlug> {
  const { relay = new Relay() } = options;
  const sets: Record<string, unknown>[] = [];
  const sockets = new Set<Socket>();
  const points = (): object => ({ '1': relay.on, '9': Math.ceil(relay.remainingSeconds), ...measure(relay) });
  const handle = (socket: Socket, command: number, sequence: number, body: Buffer): void => {
    const answer = (kind: number, message: object | undefined): void => {
      const encrypted = message
        ? encrypt(JSON.stringify({ devId: options.id, ...message }), options.key)
        : Buffer.alloc(0);
      const prefix = kind === commands.status ? versionHead : Buffer.alloc(0);
      socket.write(pack(kind, sequence, Buffer.concat([Buffer.alloc(4), prefix, encrypted])));
    };
    if (command === commands.heartbeat) return answer(commands.heartbeat, undefined);
    // One who does not know the key is not answered.
    const text = decrypt(body, options.key);
    if (text === undefined) return;
    if (command === commands.query) return answer(commands.query, { dps: points() });
    if (command !== commands.control) return;
    const { dps } = JSON.parse(text) as { dps: Record<string, unknown> };
    sets.push(dps);
    if (typeof dps['1'] === 'boolean') relay.set(dps['1']);
    const seconds = Number(dps['9'] ?? 0);
    if (seconds > 0 && !options.isCountdownIgnored) relay.flipAfter(seconds, !relay.on);
    answer(commands.control, undefined);
    answer(commands.status, { dps: points() });
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    let bytes = Buffer.alloc(0);
    socket.on('data', (part) => {
      bytes = Buffer.concat([bytes, part]);
      while (bytes.length >= 16 && bytes.length >= 16 + bytes.readUInt32BE(12)) {
        const end = 16 + bytes.readUInt32BE(12);
        handle(socket, bytes.readUInt32BE(8), bytes.readUInt32BE(4), bytes.subarray(16, end - 8));
        bytes = bytes.subarray(end);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const close = async (): Promise<void> => {
    relay.cancel();
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return {
    port: (server.address() as AddressInfo).port,
    relay,
    sets,
    get connections() {
      return sockets.size;
    },
    close,
  };
}

/** Milliamperes, tenths of a watt, tenths of a volt. */
function measure({ on }: Relay): object {
  const { watts, volts } = routerLoad;
  const flow = on ? watts : 0;
  return { '18': Math.round((flow / volts) * 1000), '19': Math.round(flow * 10), '20': Math.round(volts * 10) };
}

function pack(command: number, sequence: number, body: Buffer): Buffer {
  const front = Buffer.alloc(16);
  front.writeUInt32BE(head, 0);
  front.writeUInt32BE(sequence, 4);
  front.writeUInt32BE(command, 8);
  front.writeUInt32BE(body.length + 8, 12);
  const content = Buffer.concat([front, body]);
  const back = Buffer.alloc(8);
  back.writeUInt32BE(crc32(content), 0);
  back.writeUInt32BE(tail, 4);
  return Buffer.concat([content, back]);
}

function encrypt(text: string, key: string): Buffer {
  const cipher = createCipheriv('aes-128-ecb', key, '');
  return Buffer.concat([cipher.update(text), cipher.final()]);
}

function decrypt(body: Buffer, key: string): string | undefined {
  const isMarked = body.subarray(0, 3).toString() === '3.3';
  const decipher = createDecipheriv('aes-128-ecb', key, '');
  try {
    return Buffer.concat([decipher.update(isMarked ? body.subarray(15) : body), decipher.final()]).toString();
  } catch {
    return undefined;
  }
}
