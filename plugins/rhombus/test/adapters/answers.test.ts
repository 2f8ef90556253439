import { afterEach, expect, test } from '@jest/globals';
import { errorCode } from '@porchlight/core';
import { buildContext } from '@porchlight/core/testing';
import { RhombusCloud } from '../../src/adapters/cloud/client.ts';
import { toDevice } from '../../src/adapters/cloud/map.ts';
import { deviceSchema } from '../../src/adapters/cloud/schema.ts';
import { readChange } from '../../src/adapters/stream/map.ts';
import { readFrames } from '../../src/adapters/stream/stomp.ts';
import { readWebhook } from '../../src/adapters/webhook/map.ts';
import { createRandom, mutate, startMutatingProxy } from '../support/mutations.ts';
import { startOrganisation } from '../support/organisation.ts';

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

const uuid = (letter: string): string => letter.repeat(22);

test('2,400 mutated answers over real sockets are understood or refused with a code of ours', async () => {
  const context = buildContext();
  const original = await startOrganisation(context, { settings: { rateLimit: undefined } });
  await original.scenario.move(original.cameras[0]?.uuid ?? '', 'MOTION_HUMAN');
  const proxy = await startMutatingProxy(original.apiUrl, createRandom(5));
  const headers = { 'x-auth-scheme': 'api-token', 'x-auth-apikey': 'simulated-api-token' };
  const credentials = { headers, tls: {}, canStream: true };
  const cloud = new RhombusCloud(
    { apiUrl: proxy.url, mediaUrl: original.wanUrl, credentials, requestsPerHour: 1e9 },
    context,
  );
  open.push(
    () => original.close(),
    () => proxy.close(),
    () => cloud.close(),
  );
  const alertUuid = original.org.alerts[0]?.uuid ?? '';
  const now = context.clock.now();
  const codes = new Set<string>();
  const calls = [
    () => cloud.devices(true),
    () => cloud.motionPolicies(),
    () => cloud.alerts({ from: now - 1000 }),
    () => cloud.alert(alertUuid),
    () => cloud.marks([original.cameras[0]?.uuid ?? ''], now - 1000, now + 5000),
    () => cloud.organisation(),
  ];
  for (let round = 0; proxy.answers < 2400; round += 1) {
    try {
      await calls[round % calls.length]?.();
    } catch (error) {
      codes.add(errorCode(error) ?? `foreign: ${String(error)}`);
    }
  }
  expect([...codes].toSorted()).toEqual(['rhombus.answer', 'rhombus.refused']);
}, 60_000);

test('2,000 mutated messages and webhooks never throw, and times stay times', () => {
  const random = createRandom(7);
  const now = 1_767_225_600_000;
  const alert = {
    uuid: uuid('a'),
    timestampMs: now,
    durationSec: 2,
    policyAlertTriggers: ['MOTION'],
    deviceUuid: uuid('d'),
    deleted: false,
  };
  const change = JSON.stringify({ entity: 'POLICY_ALERT', entityUuid: uuid('a'), type: 'CREATE', update: alert });
  const hook = JSON.stringify({
    version: '2',
    activityTrigger: 'MOTION',
    deviceUuid: uuid('d'),
    timestampMs: now,
    alertUuid: uuid('a'),
  });
  const kinds = new Set<string>();
  for (let round = 0; round < 1000; round += 1) {
    const told = readChange(mutate(change, random), now);
    kinds.add(told?.type ?? 'nothing');
    if (told?.type === 'sighting') expect(Number.isSafeInteger(told.sighting.at)).toBe(true);
    let body: unknown;
    try {
      body = JSON.parse(mutate(hook, random));
    } catch {
      body = undefined;
    }
    const news = readWebhook(body, now);
    kinds.add(`webhook ${news?.type ?? 'nothing'}`);
    if (news?.type === 'sightings') {
      for (const { at, durationMs, id } of news.sightings) {
        expect({ id, isTime: Number.isFinite(at + durationMs) }).toEqual({ id: uuid('a'), isTime: true });
      }
    }
    readFrames(mutate(JSON.stringify(`MESSAGE\nx:y\n\n${change}\0`), random));
  }
  expect(kinds).toContain('part');
  expect(kinds).toContain('webhook part');
});

test.each([
  ['a name beyond measure is cut', { name: '🌷'.repeat(60) }, { name: '🌷'.repeat(32) }],
  ['no name', { name: '   ' }, { name: 'Unnamed' }],
  ['a battery of 900 per cent', { batteryPercent: 900 }, { batteryPercent: undefined }],
  ['humidity as a fraction', { humidity: 0.58 }, { air: { humidity: 58 } }],
  ['the health of a sensor', { health: 'RED', healthDetails: 'NONE' }, { problem: 'Rhombus reports a fault of it.' }],
  ['old firmware is no fault', { healthDetails: 'FIRMWARE_BEHIND' }, { problem: undefined, isOnline: true }],
  ['a gateway that is away', { connected: false }, { isOnline: false, problem: 'It is not connected to Rhombus.' }],
])('devices: %s', (_name, fields, expected) => {
  const wire = deviceSchema.parse({ sensorUuid: uuid('s'), name: 'Cellar', ...fields });
  const device = toDevice('climate', wire, new Map());
  for (const [key, value] of Object.entries(expected)) expect(device[key as 'name']).toEqual(value);
});
