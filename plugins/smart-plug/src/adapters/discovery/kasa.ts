import { createSocket } from 'node:dgram';
import { decrypt, encrypt } from '../kasa/cipher.ts';
import { sysinfoSchema } from '../kasa/schema.ts';
import type { FoundPlug } from './client.ts';

/** Kasa plugs answer a broadcast on their own port, over UDP without the length in front. */
export async function findKasa(
  waitMs: number,
  target = { address: '255.255.255.255', port: 9999 },
): Promise<FoundPlug[]> {
  const socket = createSocket({ type: 'udp4', reuseAddr: true });
  const found = new Map<string, FoundPlug>();
  socket.on('error', () => undefined);
  socket.on('message', (message, { address }) => {
    const info = read(message);
    if (info) found.set(address, { type: 'kasa', name: info, host: address });
  });
  await new Promise<void>((resolve) => socket.bind(0, resolve));
  socket.setBroadcast(true);
  socket.send(encrypt('{"system":{"get_sysinfo":{}}}'), target.port, target.address, () => undefined);
  await new Promise((resolve) => setTimeout(resolve, waitMs));
  socket.close();
  return [...found.values()];
}

function read(message: Buffer): string | undefined {
  try {
    const { model = 'Kasa' } = sysinfoSchema.parse(JSON.parse(decrypt(message))).system.get_sysinfo;
    return `TP-Link ${model}`;
  } catch {
    return undefined;
  }
}
