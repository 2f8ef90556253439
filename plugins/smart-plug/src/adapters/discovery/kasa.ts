import { decrypt, encrypt } from '../kasa/cipher.ts';
import { sysinfoSchema } from '../kasa/schema.ts';
import type { FoundPlug } from './client.ts';
import { broadcast, search, type Target } from './datagrams.ts';

const everybody: Target = { address: '255.255.255.255', port: 9999 };
const question = encrypt('{"system":{"get_sysinfo":{}}}');

/** Kasa plugs answer a broadcast on their own port, over UDP without the length in front. */
export function findKasa(waitMs: number, target = everybody): Promise<FoundPlug[]> {
  return search({
    waitMs,
    send: (socket) => broadcast(socket, question, target),
    read(message, host) {
      const model = readModel(message);
      return model === undefined ? undefined : { type: 'kasa', name: `TP-Link ${model}`, host };
    },
  });
}

function readModel(message: Buffer): string | undefined {
  try {
    return sysinfoSchema.parse(JSON.parse(decrypt(message))).system.get_sysinfo.model ?? 'Kasa';
  } catch {
    return undefined;
  }
}
