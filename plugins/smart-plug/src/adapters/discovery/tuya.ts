import { createDecipheriv, createHash } from 'node:crypto';
import { createSocket } from 'node:dgram';
import * as z from 'zod';
import type { FoundPlug } from './client.ts';

const announcementSchema = z.object({ ip: z.string(), gwId: z.string(), version: z.string().optional() });
/** Every device announces itself with the same well-known key. */
const key = createHash('md5').update('yGAdlopoPVldABfn').digest();
const headBytes = 20;
const tailBytes = 8;

/** Tuya plugs announce themselves every few seconds, in the clear or with a key that all share. */
export async function findTuya(waitMs: number, ports: readonly number[] = [6666, 6667]): Promise<FoundPlug[]> {
  const found = new Map<string, FoundPlug>();
  const sockets = ports.map((port) => {
    const socket = createSocket({ type: 'udp4', reuseAddr: true });
    socket.on('error', () => undefined);
    socket.on('message', (message) => {
      const one = readAnnouncement(message);
      if (one) found.set(one.gwId, toFound(one));
    });
    socket.bind(port);
    return socket;
  });
  await new Promise((resolve) => setTimeout(resolve, waitMs));
  for (const socket of sockets) socket.close();
  return [...found.values()];
}

function toFound({ ip, gwId, version }: z.output<typeof announcementSchema>): FoundPlug {
  return {
    type: 'tuya',
    name: `Tuya${version === undefined ? '' : `, protocol ${version}`}`,
    host: ip,
    deviceId: gwId,
  };
}

/** The announcement in a datagram; undefined when it is none. */
export function readAnnouncement(message: Buffer): z.output<typeof announcementSchema> | undefined {
  const body = message.subarray(headBytes, Math.max(headBytes, message.length - tailBytes));
  for (const text of [body.toString(), decipher(body)]) {
    try {
      return announcementSchema.parse(JSON.parse(text));
    } catch {
      // The other form.
    }
  }
  return undefined;
}

function decipher(body: Buffer): string {
  try {
    const made = createDecipheriv('aes-128-ecb', key, '');
    return Buffer.concat([made.update(body), made.final()]).toString();
  } catch {
    return '';
  }
}
