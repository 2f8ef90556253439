import { afterEach, expect, test } from '@jest/globals';
import { errorCode } from '@porchlight/core';
import { buildContext } from '@porchlight/core/testing';
import { RhombusCloud } from '../../src/adapters/cloud/client.ts';
import { connect, credentials, failure } from '../support/connect.ts';
import { startOrganisation } from '../support/organisation.ts';
import { closeAll, onClose } from '../support/play.ts';

afterEach(closeAll);

const match = '/api/event/getPolicyAlerts';
const ask = (cloud: RhombusCloud) => (): Promise<unknown> => cloud.alerts({ from: 0 });

test.each([
  ['401', { type: 'status', status: 401 }, 'rhombus.unauthorised', 'after-user'],
  ['403', { type: 'status', status: 403 }, 'rhombus.forbidden', 'after-user'],
  ['404', { type: 'status', status: 404 }, 'rhombus.status', 'never'],
  ['500', { type: 'status', status: 500 }, 'rhombus.status', 'later'],
  ['503', { type: 'status', status: 503 }, 'rhombus.status', 'later'],
  [
    'a redirection',
    { type: 'status', status: 302, headers: { location: 'http://127.0.0.1:1/' } },
    'rhombus.status',
    'never',
  ],
  ['a cut connection', { type: 'reset' }, 'rhombus.unreachable', 'later'],
  ['half an answer', { type: 'truncate', bytes: 10 }, 'rhombus.unreachable', 'later'],
  ['a web page', { type: 'replace', body: '<html>Sign in to the hotel</html>' }, 'rhombus.answer', 'later'],
  ['another shape', { type: 'replace', body: '{"alerts":[]}' }, 'rhombus.answer', 'later'],
  ['nothing', { type: 'replace', body: '' }, 'rhombus.answer', 'later'],
  [
    'a failure in band',
    { type: 'replace', body: '{"error":true,"errorMsg":"No such org"}' },
    'rhombus.refused',
    'later',
  ],
] as const)('%s is an error of ours that says what to do', async (_name, trouble, code, retry) => {
  const { cloud, rhombus } = await connect();
  // A connection that is cut is tried once more.
  rhombus.faults.add({ match, trouble, times: trouble.type === 'reset' || trouble.type === 'truncate' ? 2 : 1 });
  const error = await failure(ask(cloud));
  expect({ code: error.code, retry: error.retry }).toEqual({ code, retry });
  expect(String(error)).not.toMatch(/simulated-api-token|127\.0\.0\.1/);
  expect(await cloud.alerts({ from: 0 })).toMatchObject({ sightings: [] });
});

test('a call that hangs is given up, and stop does not wait for one', async () => {
  const { cloud, rhombus } = await connect({ timeoutMs: 200 });
  rhombus.faults.add({ match, trouble: { type: 'hang' } });
  expect((await failure(ask(cloud))).message).toBe(
    'Rhombus cannot be reached (event/getPolicyAlerts: no answer in time).',
  );
  const patient = new RhombusCloud(
    { apiUrl: rhombus.apiUrl, mediaUrl: rhombus.wanUrl, credentials, requestsPerHour: 600 },
    buildContext(),
  );
  const waiting = failure(ask(patient));
  patient.close();
  expect((await waiting).code).toBe('rhombus.unreachable');
});

test('a kept connection that is closed in the same moment is no trouble', async () => {
  const { cloud, rhombus } = await connect();
  await cloud.organisation();
  rhombus.faults.add({ match, trouble: { type: 'reset' }, times: 1 });
  expect(await cloud.alerts({ from: 0 })).toMatchObject({ sightings: [] });
});

test('a certificate that nobody knows, and a name that is none, are explained', async () => {
  const context = buildContext();
  const rhombus = await startOrganisation(context, { plainCloud: false });
  onClose(() => rhombus.close());
  const reasons = [];
  for (const apiUrl of [rhombus.apiUrl, 'https://no-such-host.invalid']) {
    const cloud = new RhombusCloud({ apiUrl, mediaUrl: apiUrl, credentials, requestsPerHour: 600 }, context);
    onClose(() => cloud.close());
    reasons.push((await failure(() => cloud.organisation())).message);
  }
  expect(reasons[0]).toMatch(/its certificate is not trusted/);
  expect(reasons[1]).toMatch(/its name is not found/);
});

test('an answer beyond all measure is not read', async () => {
  const { cloud, rhombus } = await connect();
  const body = JSON.stringify({ policyAlerts: [], filler: 'x'.repeat(17 * 1024 * 1024) });
  rhombus.faults.add({ match, trouble: { type: 'replace', body } });
  expect((await failure(ask(cloud))).message).toMatch(/the answer is too large/);
});

test('429 closes all calls for as long as Rhombus says, and no call goes out meanwhile', async () => {
  const { cloud, rhombus, context } = await connect();
  const trouble = {
    type: 'status',
    status: 429,
    headers: { 'retry-after': '90' },
    body: 'Enhance your calm.',
  } as const;
  rhombus.faults.add({ match, trouble, times: 1 });
  expect(await failure(ask(cloud))).toMatchObject({ code: 'rhombus.rate', retryAfterMs: 90_000 });
  const before = rhombus.api.requests.length;
  await context.clock.advance(30_000);
  expect(await failure(() => cloud.organisation())).toMatchObject({ code: 'rhombus.rate', retryAfterMs: 60_000 });
  expect(rhombus.api.requests).toHaveLength(before);
  await context.clock.advance(60_000);
  await cloud.organisation();
});

test('429 without a time is a short silence, and a short silence is waited for', async () => {
  const { cloud, rhombus, context } = await connect();
  rhombus.faults.add({ match, trouble: { type: 'status', status: 429 }, times: 1 });
  expect((await failure(ask(cloud))).retryAfterMs).toBe(10_000);
  let isDone = false;
  const call = cloud.organisation().then(() => (isDone = true));
  await context.clock.advance(9999);
  expect(isDone).toBe(false);
  await context.clock.advance(1);
  await call;
});

test('the budget is kept: who asks beyond it is told so', async () => {
  const { cloud, rhombus } = await connect({ requestsPerHour: 60 });
  for (let count = 0; count < 15; count += 1) await cloud.organisation();
  expect(errorCode(await failure(() => cloud.organisation()))).toBe('rhombus.budget');
  expect(rhombus.api.requests).toHaveLength(15);
});

test('pages go on although an alert of a full one is garbled, and after alerts without a time', async () => {
  const { cloud, rhombus, context } = await connect();
  const now = context.clock.now();
  for (let count = 0; count < 150; count += 1) await rhombus.scenario.raiseAlert({ timestampMs: now - count });
  await rhombus.scenario.raiseAlert({ uuid: 'x' });
  await rhombus.scenario.raiseAlert({ without: ['timestampMs'] });
  const first = await cloud.alerts({ from: now - 10_000 });
  expect(first.parts).toHaveLength(1);
  expect(first.next).toBeDefined();
  const second = await cloud.alerts({ from: now - 10_000 }, first.next);
  expect(new Set([...first.sightings, ...second.sightings].map(({ id }) => id)).size).toBe(150);
  expect(second.next).toBeUndefined();
});

test('the key goes to Rhombus only', async () => {
  const { cloud, rhombus, context } = await connect();
  const camera = { uuid: rhombus.cameras[0]?.uuid ?? '', region: 'us-west-2' };
  const alert = await rhombus.scenario.raiseAlert();
  const sighting = (await cloud.alerts({ from: context.clock.now() - 1000 })).sightings[0];
  rhombus.faults.add({ match: `/media/metadata/us-west-2/${alert.uuid}`, trouble: { type: 'status', status: 404 } });
  const foreign = JSON.stringify({ error: false, frameUri: 'http://evil.example/frame.jpeg' });
  rhombus.faults.add({ match: '/api/video/', trouble: { type: 'replace', body: foreign } });
  // Neither the alert's own picture nor the frame: the latest one.
  expect((await cloud.picture(camera, sighting)).subarray(0, 2).toString('hex')).toBe('ffd8');
  rhombus.faults.add({ match: '/media/', trouble: { type: 'replace', body: '<html>' } });
  expect((await failure(() => cloud.picture(camera, sighting))).code).toBe('rhombus.picture');
});

test.each([
  [10_000, 0],
  [-600_000, -600_000],
])('a clock of Rhombus that is %d ms ahead counts as %d', async (aheadMs, expected) => {
  const context = buildContext();
  const rhombus = await startOrganisation(context, { now: () => context.clock.now() + aheadMs });
  onClose(() => rhombus.close());
  const settings = { apiUrl: rhombus.apiUrl, mediaUrl: rhombus.wanUrl, credentials, requestsPerHour: 600 };
  const cloud = new RhombusCloud(settings, context);
  onClose(() => cloud.close());
  await cloud.organisation();
  expect(cloud.aheadMs).toBe(expected);
});

test('requests that wait for the budget end when it is closed', async () => {
  const { cloud, rhombus } = await connect();
  rhombus.faults.add({ match, trouble: { type: 'status', status: 429, headers: { 'retry-after': '20' } } });
  await failure(ask(cloud));
  const waiting = cloud.organisation().then(
    () => 'answered',
    () => 'ended',
  );
  cloud.close();
  expect(await waiting).toBe('ended');
});
