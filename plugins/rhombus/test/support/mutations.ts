import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A random generator that repeats itself (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const odd: unknown[] = [
  null,
  0,
  -1,
  1e308,
  '',
  'x',
  [],
  {},
  true,
  '\u0000',
  '9'.repeat(500),
  [[null]],
  { error: true },
];

/** Changes one place of an answer, or its text. */
export function mutate(text: string, random: () => number): string {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  if (random() < 0.2) {
    const at = Math.floor(random() * text.length);
    return random() < 0.5
      ? text.slice(0, at)
      : `${text.slice(0, at)}${pick(['"', '{', '}', 'ÿ'])}${text.slice(at + 1)}`;
  }
  const root: { answer: unknown } = { answer: JSON.parse(text) };
  let node: Record<string, unknown> = root;
  let key = 'answer';
  while (random() < 0.85) {
    const inner = node[key];
    if (typeof inner !== 'object' || inner === null || Object.keys(inner).length === 0) break;
    node = inner as Record<string, unknown>;
    key = pick(Object.keys(node));
  }
  if (random() < 0.3) delete node[key];
  else node[key] = pick(odd);
  return JSON.stringify(root.answer) ?? '';
}

/** Puts a value of the answer in the place of another: right in itself, wrong where it stands. */
export function misplace(text: string, random: () => number): string {
  const root: unknown = JSON.parse(text);
  const places: [Record<string, unknown>, string][] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    for (const [key, value] of Object.entries(node)) {
      places.push([node as Record<string, unknown>, key]);
      visit(value);
    }
  };
  visit(root);
  const pick = () => places[Math.floor(random() * places.length)];
  for (let turn = 0; turn < 3; turn += 1) {
    const [to, from] = [pick(), pick()];
    if (to && from) to[0][to[1]] = structuredClone(from[0][from[1]]);
  }
  return JSON.stringify(root);
}

export interface MutatingProxy {
  url: string;
  answers: number;
  /** Requests that are under way. */
  pending: number;
  close(): void;
}

/** Stands before an API and changes every answer of it. */
export async function startMutatingProxy(
  apiUrl: string,
  random: () => number,
  change: typeof mutate = mutate,
): Promise<MutatingProxy> {
  const proxy: MutatingProxy = { url: '', answers: 0, pending: 0, close: () => undefined };
  const server: Server = createServer((request, response) => {
    proxy.pending += 1;
    response.on('close', () => (proxy.pending -= 1));
    void (async () => {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      const { 'content-type': type = '', 'x-auth-scheme': scheme, 'x-auth-apikey': key } = request.headers;
      const headers = { 'content-type': type, 'x-auth-scheme': String(scheme), 'x-auth-apikey': String(key) };
      const answer = await fetch(`${apiUrl}${request.url}`, { method: 'POST', headers, body: Buffer.concat(parts) });
      const text = await answer.text();
      proxy.answers += 1;
      response.writeHead(answer.status, {
        'content-type': 'application/json',
        date: answer.headers.get('date') ?? '',
      });
      response.end(answer.status === 200 ? change(text, random) : text);
    })().catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  proxy.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  proxy.close = () => {
    server.closeAllConnections();
    server.close();
  };
  return proxy;
}
