import { errorCode } from '@porchlight/core';
import { get as getHttp, type IncomingMessage } from 'node:http';
import { get as getHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
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
export function probeHttp({ url, status, body, lookup }: WebTarget, signal: AbortSignal): Promise<ProbeOutcome> {
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
      readBody(response).then((text) => {
        if (response.statusCode !== status) resolve(otherContent(`status ${response.statusCode} instead of ${status}`));
        else if (body !== undefined && text.trim() !== body.trim()) resolve(otherContent('another text than expected'));
        else resolve({ ok: true, latencyMs: elapsed() });
      }, fail);
    });
    const fail = (error: Error): void => {
      request.destroy();
      const code = errorCode(error) ?? '';
      if (code.startsWith('dns.')) resolve(noName(error.message));
      else if (code === 'too-long' || code.startsWith('HPE_')) resolve(otherContent('another answer than expected'));
      else resolve(silent(signal.aborted ? 'no answer' : code || error.message));
    };
    request.on('error', fail);
  });
}

async function readBody(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw Object.assign(new Error('the answer is too long'), { code: 'too-long' });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
