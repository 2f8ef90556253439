import { createServer, type AddressInfo, type Socket } from 'node:net';
import { answerDatagrams } from './datagrams.ts';
import { answerKasa, type KasaTraits } from './kasa-device.ts';
import type { PlugSimulator } from './plug.ts';
import { Relay } from './relay.ts';

export interface KasaOptions extends KasaTraits {
  relay?: Relay;
  port?: number;
  /** What it answers instead, for tests: nonsense, nothing, or hanging up. */
  trouble?: 'nonsense' | 'silent' | 'hang-up';
}

export interface KasaPlug extends PlugSimulator {
  /** Messages that came, oldest first. */
  received: string[];
  options: KasaOptions;
}

type Json = Record<string, unknown>;

/** A Kasa plug with the old protocol: lengths on TCP, datagrams for those who look for it, XOR, a countdown that fires. */
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
        const answer = answerText(message, relay, options);
        if (answer !== undefined) reply(socket, options, answer);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  // Whoever looks for plugs is answered on the same port number, without a length in front.
  const closeDatagrams = await answerDatagrams(port, (message) => {
    const answer = answerText(unmask(message), relay, options);
    return answer === undefined ? undefined : mask(answer);
  });
  const close = async (): Promise<void> => {
    relay.cancel();
    closeDatagrams();
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return { port, relay, received, options, close };
}

function reply(socket: Socket, { trouble }: KasaOptions, text: string): void {
  if (trouble === 'silent') return;
  if (trouble === 'hang-up') return void socket.destroy();
  const body = mask(trouble === 'nonsense' ? '{"broken' : text);
  const head = Buffer.alloc(4);
  head.writeUInt32BE(body.length);
  socket.write(Buffer.concat([head, body]));
}

/** Undefined for what is no JSON: a plug says nothing to that. */
function answerText(text: string, relay: Relay, options: KasaOptions): string | undefined {
  try {
    return JSON.stringify(answerKasa(JSON.parse(text) as Json, relay, options));
  } catch {
    return undefined;
  }
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
