import { afterEach, expect, test } from '@jest/globals';
import { buildContext, until } from '@porchlight/core/testing';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { WebhookListener } from '../../src/adapters/webhook/client.ts';
import type { Sighting } from '../../src/domain/sighting.ts';
import { startOrganisation } from '../support/organisation.ts';

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

function start(port = 0) {
  const context = buildContext();
  const listener = new WebhookListener({ host: '127.0.0.1', port, secret: 'hook' }, context);
  const sightings: Sighting[] = [];
  const states: (string | true)[] = [];
  const counts = { devices: 0 };
  listener.start({
    onSighting: (sighting) => void sightings.push(sighting),
    onPart: () => undefined,
    onDevices: () => void (counts.devices += 1),
    onState: (isRunning, problem = '') => void states.push(isRunning || problem),
  });
  open.push(() => listener.stop());
  return { context, listener, sightings, states, counts };
}

async function listen() {
  const started = start();
  const cloud = await startOrganisation(started.context);
  open.push(() => cloud.close());
  await until(() => started.states.length === 1);
  return { ...started, cloud, url: `http://127.0.0.1:${started.listener.port}/` };
}

function post(url: string, body: string): Promise<Response> {
  const signature = createHmac('sha256', 'hook').update(body).digest('hex');
  return fetch(url, { method: 'POST', body, headers: { 'x-rhombus-signature-sha256': signature } });
}

test.each([
  ['organisation', 'webhook'],
  ['rule', 'rule'],
] as const)('a signed %s webhook tells of the alert', async (kind, channel) => {
  const { cloud, sightings, url } = await listen();
  cloud.webhooks.register({ url, kind, secret: 'hook' });
  const alert = await cloud.scenario.raiseAlert(
    { policyAlertTriggers: ['MOTION', 'FACE'] },
    { webhooks: { numbersAsText: kind === 'organisation' } },
  );
  await until(() => sightings.length === 1);
  expect(sightings[0]).toMatchObject({
    id: alert.uuid,
    at: alert.timestampMs,
    activities: ['MOTION', 'FACE'],
    channel,
  });
  expect(cloud.webhooks.deliveries[0]).toMatchObject({ outcome: 200, delivered: true });
});

test.each(['wrong', 'none'] as const)('with a signature that is %s it is refused, and said once', async (signature) => {
  const { cloud, sightings, url, context } = await listen();
  cloud.webhooks.register({ url, kind: 'organisation', secret: 'hook' });
  await cloud.scenario.raiseAlert({}, { webhooks: { signature } });
  await cloud.scenario.raiseAlert({}, { webhooks: { signature } });
  expect(cloud.webhooks.deliveries.map(({ outcome }) => outcome)).toEqual([401, 401]);
  expect(sightings).toEqual([]);
  expect(context.log.lines).toHaveLength(1);
});

test('what is no POST or too large is refused', async () => {
  const { url } = await listen();
  expect((await fetch(url)).status).toBe(405);
  const large = await fetch(url, { method: 'POST', body: 'x'.repeat(300_000) }).then(
    ({ status }) => status,
    () => 413,
  );
  expect(large).toBe(413);
});

test('news of devices is taken, signed nonsense is answered 400', async () => {
  const { url, counts, sightings } = await listen();
  const diagnostic = { version: '2', diagnosticTrigger: 'CAMERA_DISCONNECTED', summary: 'Front Door' };
  expect((await post(url, JSON.stringify(diagnostic))).status).toBe(200);
  await until(() => counts.devices === 1);
  for (const body of ['', 'null', '[]', '{"alertUuid":"x"}', '{"uuid":1,"deviceEvents":{}}']) {
    expect((await post(url, body)).status).toBe(400);
  }
  expect(sightings).toEqual([]);
});

test('a peer that says nothing is let go, and does not keep it from stopping', async () => {
  const { listener } = await listen();
  const peer = connect(listener.port ?? 0, '127.0.0.1');
  peer.on('error', () => undefined);
  await once(peer, 'connect');
  peer.write('POST / HTTP/1.1\r\n');
  await listener.stop();
  expect(listener.port).toBeUndefined();
});

test('a port that is taken is a problem with its remedy, and is tried until it is free', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const { context, states } = start(port);
  await until(() => states.length === 1);
  expect(states[0]).toBe(`The webhook port ${port} cannot be opened: another program uses it; choose another port.`);
  await context.clock.advance(5000);
  await until(() => states.length === 2);
  other.close();
  await once(other, 'close');
  await until(async () => {
    await context.clock.advance(5000);
    return states.at(-1) === true;
  });
});
