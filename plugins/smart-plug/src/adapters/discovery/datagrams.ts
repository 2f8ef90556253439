import { createSocket, type Socket } from 'node:dgram';
import type { FoundPlug } from './client.ts';

export interface Search {
  /** How long answers are waited for. */
  waitMs: number;
  send(socket: Socket): void;
  /** Undefined for what is no answer. */
  read(message: Buffer, address: string): FoundPlug | undefined;
}

/** Asks once by datagram; one plug for each address that answers in time. */
export async function search({ waitMs, send, read }: Search): Promise<FoundPlug[]> {
  const socket = createSocket({ type: 'udp4', reuseAddr: true });
  const found = new Map<string, FoundPlug>();
  socket.on('error', () => undefined);
  socket.on('message', (message, { address }) => {
    const plug = read(message, address);
    if (plug) found.set(`${address} ${plug.name}`, plug);
  });
  await new Promise<void>((resolve) => socket.bind(0, resolve));
  send(socket);
  await new Promise((resolve) => setTimeout(resolve, waitMs));
  socket.close();
  return [...found.values()];
}

export interface Target {
  address: string;
  port: number;
}

/** Sends a question to everybody on the network, or to one host. */
export function broadcast(socket: Socket, question: Buffer, { port, address }: Target): void {
  socket.setBroadcast(true);
  socket.send(question, port, address, () => undefined);
}
