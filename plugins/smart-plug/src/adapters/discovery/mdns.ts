import type { Socket } from 'node:dgram';
import { networkInterfaces } from 'node:os';
import type { FoundPlug } from './client.ts';
import { search, type Target } from './datagrams.ts';

const group: Target = { address: '224.0.0.251', port: 5353 };
const types = { pointer: 12, address: 1 } as const;
/** The second is what the first generation offers, and many others. */
const services = ['_shelly._tcp.local', '_http._tcp.local'];

/** Shelly plugs of all generations. */
export function findShelly(waitMs: number, target = group): Promise<FoundPlug[]> {
  return search({
    waitMs,
    send(socket) {
      for (const service of services) askEverywhere(socket, writeQuestion(service), target);
    },
    read(message, host) {
      const instances = services.flatMap((service) => readPointers(message, service));
      const [name] = instances.find((instance) => /^shelly/i.test(instance))?.split('.') ?? [];
      return name === undefined ? undefined : { type: 'shelly', name, host };
    },
  });
}

/** A machine may stand in several networks. */
function askEverywhere(socket: Socket, question: Buffer, target: Target): void {
  const own = Object.values(networkInterfaces()).flatMap((list = []) => list);
  const outward = own.filter(({ family, internal }) => family === 'IPv4' && !internal);
  if (outward.length === 0 || target !== group) {
    socket.send(question, target.port, target.address);
    return;
  }
  for (const { address } of outward) {
    socket.setMulticastInterface(address);
    socket.send(question, target.port, target.address);
  }
}

/** One question for pointers, with the wish for an answer to this socket alone. */
export function writeQuestion(service: string): Buffer {
  const head = Buffer.from([0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
  const labels = service.split('.').flatMap((label) => [Buffer.from([label.length]), Buffer.from(label)]);
  return Buffer.concat([head, ...labels, Buffer.from([0, 0, types.pointer, 0x80, 1])]);
}

/** The instances of a service that an answer names; empty for anything that is no such answer. */
export function readPointers(message: Buffer, service: string): string[] {
  try {
    return readRecords(message)
      .filter(({ type, name }) => type === types.pointer && name.toLowerCase() === service.toLowerCase())
      .map(({ target }) => target);
  } catch {
    return [];
  }
}

function readRecords(message: Buffer): { name: string; type: number; target: string }[] {
  let at = 12;
  for (let questions = message.readUInt16BE(4); questions > 0; questions--) at = readName(message, at).end + 4;
  const count = message.readUInt16BE(6) + message.readUInt16BE(8) + message.readUInt16BE(10);
  return Array.from({ length: Math.min(count, 100) }, () => {
    const { name, end } = readName(message, at);
    const type = message.readUInt16BE(end);
    const length = message.readUInt16BE(end + 8);
    at = end + 10 + length;
    return { name, type, target: type === types.pointer ? readName(message, end + 10).name : '' };
  });
}

/** A name may go on elsewhere in the message; it never jumps more often than it has bytes. */
function readName(message: Buffer, start: number): { name: string; end: number } {
  const labels: string[] = [];
  let at = start;
  let end: number | undefined;
  for (let steps = 0; steps < message.length; steps++) {
    const length = message.readUInt8(at);
    if (length === 0) return { name: labels.join('.'), end: end ?? at + 1 };
    if (length >= 0xc0) {
      end ??= at + 2;
      at = message.readUInt16BE(at) & 0x3f_ff;
    } else {
      labels.push(message.toString('utf8', at + 1, at + 1 + length));
      at += 1 + length;
    }
  }
  throw new RangeError('a name that never ends');
}
