import { errorCode } from '@porchlight/core';
import { get as getHttp, type IncomingMessage } from 'node:http';
import { get as getHttps } from 'node:https';
import { BlockList, isIP, isIPv6, type LookupFunction } from 'node:net';
import type { ProbeOutcome } from '../../domain/probe.ts';
import { noName, otherContent, silent, stopwatch } from '../outcome.ts';

export interface WebTarget {
  url: string;
  status: number;
  /** Exactly this, apart from blanks at its ends; undefined: anything. */
  body?: string;
  lookup: LookupFunction;
}

/** A longer answer is none of those that are asked for. */
const maxBytes = 65_536;

/** Fetches one small page. Another status or text than expected is a login page, or somebody who pretends. */
export function probeHttp(target: WebTarget, signal: AbortSignal): Promise<ProbeOutcome> {
  const { url, lookup } = target;
  const elapsed = stopwatch();
  const get = url.startsWith('https:') ? getHttps : getHttp;
  return new Promise((resolve) => {
    // A connection of its own each time: one that is kept alive proves nothing.
    const options = {
      signal,
      lookup,
      agent: false,
      headers: { 'user-agent': 'porchlight-watchdog', connection: 'close' },
    };
    const request = get(url, options, (response) => {
      // Asked at once: a socket that is closed has no address any more.
      const isOwn = isFromHome(response, url);
      readBody(response).then((text) => {
        const problem = findProblem(target, response.statusCode, text);
        if (problem === undefined) resolve({ ok: true, latencyMs: elapsed() });
        else resolve(isOwn ? silent('the router answers in its place') : otherContent(problem));
      }, fail);
    });
    const fail = (error: Error): void => {
      request.destroy();
      const code = errorCode(error) ?? '';
      if (code.startsWith('dns.')) resolve(noName(error.message));
      else if (code.startsWith('HPE_')) resolve(otherContent('another answer than expected'));
      else resolve(silent(signal.aborted ? 'no answer' : code || error.message));
    };
    request.on('error', fail);
  });
}

function findProblem({ status, body }: WebTarget, found: number | undefined, text: string | undefined) {
  if (found !== status) return `status ${found} instead of ${status}`;
  const isExpected = text !== undefined && (body === undefined || text.trim() === body.trim());
  return isExpected ? undefined : 'another text than expected';
}

/** Where only the home itself can answer from. */
const home = new BlockList();
for (const [network, bits] of [
  ['10.0.0.0', 8],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const) {
  home.addSubnet(network, bits);
}
home.addSubnet('fc00::', 7, 'ipv6');
home.addSubnet('fe80::', 10, 'ipv6');

/** Many a router answers for every name with a page of its own while the line is dead: that is silence, no login page. */
function isFromHome({ socket }: IncomingMessage, url: string): boolean {
  const { hostname } = new URL(url);
  const { remoteAddress: address = '' } = socket;
  return isIP(hostname) === 0 && hostname !== 'localhost' && home.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

/** Undefined when it is too long. */
async function readBody(response: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
