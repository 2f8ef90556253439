import type { ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { Link } from './link.ts';

const chunkBytes = 16_384;

/** How much of a body went out, and whether it went out whole. */
export interface Written {
  bytes: number;
  whole: boolean;
}

/**
 * Writes buffers through wires of limited speed, heeding the peer's back-pressure; stops after `limit` bytes.
 * Ends neither the answer nor the connection.
 */
export async function writeBody(
  response: ServerResponse,
  parts: readonly Buffer[],
  { links, limit = Infinity }: { links: readonly Link[]; limit?: number },
): Promise<Written> {
  let bytes = 0;
  for (const chunk of chunksOf(parts, links.length > 0)) {
    if (bytes >= limit) return { bytes, whole: false };
    const piece = bytes + chunk.length > limit ? chunk.subarray(0, limit - bytes) : chunk;
    for (const link of links) await link.carry(piece.length);
    if (response.destroyed || response.socket?.destroyed) return { bytes, whole: false };
    if (!response.write(piece)) await drained(response);
    bytes += piece.length;
  }
  return { bytes, whole: !response.destroyed };
}

function* chunksOf(parts: readonly Buffer[], isShaped: boolean): Generator<Buffer> {
  for (const part of parts) {
    if (!isShaped) yield part;
    else for (let start = 0; start < part.length; start += chunkBytes) yield part.subarray(start, start + chunkBytes);
  }
}

async function drained(response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  const options = { signal: gone.signal };
  const drain = once(response, 'drain', options).catch(() => undefined);
  const close = once(response, 'close', options).catch(() => undefined);
  await Promise.race([drain, close]);
  gone.abort();
}
