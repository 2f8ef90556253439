import { expect, test } from '@jest/globals';
import { errorCode } from '@porchlight/core';
import { buildContext } from '@porchlight/core/testing';
import { RhombusCloud } from '../../src/adapters/cloud/client.ts';
import { readChange } from '../../src/adapters/stream/map.ts';
import { readFrame } from '../../src/adapters/stream/stomp.ts';
import { readWebhook } from '../../src/adapters/webhook/map.ts';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startOrganisation } from '../support/organisation.ts';

/** A random generator that repeats itself (mulberry32). */
function createRandom(seed: number): () => number {
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
function mutate(text: string, random: () => number): string {
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
  while (random() < 0.8) {
    const inner = node[key];
    if (typeof inner !== 'object' || inner === null || Object.keys(inner).length === 0) break;
    node = inner as Record<string, unknown>;
    key = pick(Object.keys(node));
  }
  if (random() < 0.3) delete node[key];
  else node[key] = pick(odd);
  return JSON.stringify(root.answer) ?? '';
}

test('2,400 mutated answers over real sockets are understood or refused with a code of ours', async () => {
  const context = buildContext();
  const original = await startOrganisation(context);
  await original.scenario.move(original.cameras[0]?.uuid ?? '', 'MOTION_HUMAN');
  const random = createRandom(5);
  const mutated = { answers: 0 };
  const server = createServer((request, response) => {
    void (async () => {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      const { 'content-type': type = '', 'x-auth-scheme': scheme, 'x-auth-apikey': key } = request.headers;
      const headers = { 'content-type': type, 'x-auth-scheme': String(scheme), 'x-auth-apikey': String(key) };
      const answer = await fetch(`${original.apiUrl}${request.url}`, {
        method: 'POST',
        headers,
        body: Buffer.concat(parts),
      });
      mutated.answers += 1;
      response.writeHead(200, { 'content-type': 'application/json' }).end(mutate(await answer.text(), random));
    })();
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  original.settings.rateLimit = undefined;
  const credentials = {
    headers: { 'x-auth-scheme': 'api-token', 'x-auth-apikey': 'simulated-api-token' },
    tls: {},
    canStream: true,
  };
  const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const settings = { apiUrl, mediaUrl: apiUrl, credentials, requestsPerMinute: 1e9 };
  const cloud = new RhombusCloud(settings, context);
  const alertUuid = original.org.alerts[0]?.uuid ?? '';
  const now = context.clock.now();
  const codes = new Set<string>();
  const calls = [
    () => cloud.devices(true),
    () => cloud.motionPolicies(),
    () => cloud.alerts(now - 1000),
    () => cloud.alert(alertUuid),
    () => cloud.marks([original.cameras[0]?.uuid ?? ''], now - 1000, 5000),
    () => cloud.organisation(),
  ];
  for (let round = 0; mutated.answers < 2400; round += 1) {
    try {
      await calls[round % calls.length]?.();
    } catch (error) {
      codes.add(errorCode(error) ?? `foreign: ${String(error)}`);
    }
  }
  cloud.close();
  server.closeAllConnections();
  server.close();
  await original.close();
  expect([...codes].filter((code) => code !== 'rhombus.answer' && code !== 'rhombus.refused')).toEqual([]);
  expect(codes.size).toBeGreaterThan(0);
}, 60_000);

test('2,000 mutated messages and webhooks never throw, and times stay times', () => {
  const random = createRandom(7);
  const alert = {
    uuid: 'Pa1',
    timestampMs: 1,
    durationSec: 2,
    policyAlertTriggers: ['MOTION'],
    deviceUuid: 'd',
    deleted: false,
  };
  const change = JSON.stringify({ entity: 'POLICY_ALERT', entityUuid: 'Pa1', type: 'CREATE', update: alert });
  const hook = JSON.stringify({
    version: '2',
    activityTrigger: 'MOTION',
    deviceUuid: 'd',
    timestampMs: 1,
    alertUuid: 'Pa1',
  });
  for (let round = 0; round < 1000; round += 1) {
    const told = readChange(mutate(change, random), 5);
    if (told?.type === 'sighting') expect(Number.isSafeInteger(told.sighting.at)).toBe(true);
    let body: unknown;
    try {
      body = JSON.parse(mutate(hook, random));
    } catch {
      body = undefined;
    }
    for (const { at, durationMs } of readWebhook(body, 5) ?? []) expect(Number.isFinite(at + durationMs)).toBe(true);
    readFrame(mutate(JSON.stringify(`MESSAGE\nx:y\n\n${change}\0`), random));
  }
});
