import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { writeBody, type Written } from './body-writer.ts';
import { createLink, type Link } from './link.ts';
import type { MediaTrouble } from './troubles.ts';

/** A proper answer of a media host, before anything goes wrong with it. */
export interface MediaAnswer {
  status: number;
  contentType: string;
  parts: Buffer[];
}

interface Way {
  latencyMs: number;
  links: readonly Link[];
  /** Address of the request, for redirects to itself. */
  url: URL;
}

const page = '<!DOCTYPE html><html><body><h1>Please sign in</h1></body></html>';

/** An answer without a body. */
export function emptyAnswer(status: number): MediaAnswer {
  return { status, contentType: 'text/plain', parts: [] };
}

/** Writes the answer with its latency and speed, and with the trouble if there is one. Resolves when it is done with the request. */
export async function writeMediaAnswer(
  response: ServerResponse,
  answer: MediaAnswer,
  { way, trouble }: { way: Way; trouble?: MediaTrouble | undefined },
): Promise<Written & { status: number }> {
  if (way.latencyMs > 0) await sleep(way.latencyMs, undefined, { ref: false });
  const changed = trouble ? spoil(answer, trouble, way.url) : { answer };
  if (trouble?.type === 'hang') return { status: 0, bytes: 0, whole: false };
  if (trouble?.type === 'delay') await sleep(trouble.delayMs, undefined, { ref: false });
  const { status, contentType, parts } = changed.answer;
  const length = sizeOf(parts) + (trouble?.type === 'wrong-length' ? trouble.deltaBytes : 0);
  response.writeHead(status, { 'content-type': contentType, 'content-length': length, ...changed.headers });
  const slow = trouble?.type === 'trickle' ? [createLink(() => trouble.bytesPerSecond * 8)] : [];
  const limit = trouble?.type === 'cut' || trouble?.type === 'stall' ? trouble.afterBytes : Infinity;
  const written = await writeBody(response, parts, { links: [...way.links, ...slow], limit });
  const whole = written.whole && trouble === undefined && status === 200;
  finish(response, trouble);
  return { status, bytes: written.bytes, whole };
}

function finish(response: ServerResponse, trouble: MediaTrouble | undefined): void {
  if (trouble?.type === 'stall') return;
  // Closing too soon would lose bytes that are still on their way out.
  if (trouble?.type === 'cut' || trouble?.type === 'wrong-length')
    response.write('', () => response.socket?.destroySoon());
  else response.end();
}

function spoil(
  answer: MediaAnswer,
  trouble: MediaTrouble,
  url: URL,
): { answer: MediaAnswer; headers?: Record<string, string> } {
  switch (trouble.type) {
    case 'status': {
      const parts = trouble.body === undefined ? [] : [Buffer.from(trouble.body)];
      const changed = { status: trouble.status, contentType: 'text/plain', parts };
      return { answer: changed, ...(trouble.headers && { headers: trouble.headers }) };
    }
    case 'short':
      return { answer: { ...answer, parts: [Buffer.concat(answer.parts).subarray(0, trouble.bytes)] } };
    case 'gzip': {
      const parts = [gzipSync(Buffer.concat(answer.parts))];
      return { answer: { ...answer, parts }, headers: { 'content-encoding': 'gzip' } };
    }
    case 'redirect': {
      const again = new URL(url);
      again.searchParams.set('moved', '1');
      return {
        answer: emptyAnswer(302),
        headers: { location: trouble.location ?? `${again.pathname}${again.search}` },
      };
    }
    case 'html':
      return { answer: { status: 200, contentType: 'text/html', parts: [Buffer.from(page)] } };
    default:
      return { answer };
  }
}

function sizeOf(parts: readonly Buffer[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}
