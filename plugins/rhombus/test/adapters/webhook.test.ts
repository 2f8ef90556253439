import { afterEach, expect, test } from '@jest/globals';
import { buildContext, until } from '@porchlight/core/testing';
import { WebhookListener } from '../../src/adapters/webhook/client.ts';
import type { Sighting } from '../../src/domain/sighting.ts';
import { startOrganisation } from '../support/organisation.ts';

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

async function listen() {
  const context = buildContext();
  const cloud = await startOrganisation(context);
  const listener = new WebhookListener({ host: '127.0.0.1', port: 0, secret: 'hook' }, context);
  open.push(
    () => cloud.close(),
    () => listener.stop(),
  );
  const sightings: Sighting[] = [];
  const ignore = (): void => undefined;
  let isRunning = false;
  listener.start({
    onSighting: (sighting) => void sightings.push(sighting),
    onPart: ignore,
    onDevices: ignore,
    onState: (running) => void (isRunning = running),
  });
  await until(() => isRunning);
  return { context, cloud, sightings, url: `http://127.0.0.1:${listener.port}/` };
}

test.each(['organisation', 'rule'] as const)('a signed %s webhook tells of the alert', async (kind) => {
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
    channel: 'webhook',
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
