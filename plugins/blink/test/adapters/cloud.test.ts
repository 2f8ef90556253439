import { afterEach, expect, jest, test } from '@jest/globals';
import { errorCode } from '@porchlight/core';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createEveryModelAccount } from '@porchlight/simulators';
import { buildContext } from '@porchlight/core/testing';
import nodeFetch from 'node-fetch';
import type { Fetch } from '../../src/adapters/http/client.ts';
import { openAccess } from '../../src/adapters/open.ts';
import { configFor, startAccount, startService } from '../support/account.ts';
import { signIn, type SignedIn } from '../support/cloud.ts';

// Simulated hours take seconds, and more on a machine with other work.
jest.setTimeout(60_000);

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

async function play(raw: object = {}): Promise<SignedIn> {
  const opened = await signIn(raw);
  open.push(() => opened.close());
  return opened;
}

const codeOf = (work: Promise<unknown>) => work.then(() => 'done', errorCode);

test('reads every kind of camera, known or not', async () => {
  const context = buildContext();
  const blink = await startAccount(context, { account: createEveryModelAccount() });
  open.push(() => blink.close());
  const { service, pass } = await startService(blink, {}, context);
  open.push(() => service.stop());
  const shown = service.devices.list().filter(({ capabilities }) => capabilities.motion);
  expect(shown).toHaveLength(blink.account.cameras.length);
  await pass(300_000, 5000);
  expect(context.log.lines.filter((line) => /is new to this plugin/.test(line))).toEqual([
    'info: The model "a-model-of-next-year" (camera) is new to this plugin and is shown as far as it is understood: please report it, with this line, to the makers of the plugin.',
  ]);
});

test('a doorbell that no list names is learned from its recordings', async () => {
  const context = buildContext();
  const blink = await startAccount(context);
  open.push(() => blink.close());
  blink.quirks.hideDoorbells = true;
  const first = await startService(blink, {}, context);
  open.push(() => first.service.stop());
  blink.scenario.press(6001);
  await first.pass(400_000, 2000);
  expect(first.events).toMatchObject([{ type: 'doorbell', device: 'front-door' }]);
  await first.service.stop();
  const second = await startService(blink, {}, buildContext({ clock: context.clock, storage: context.storage }));
  open.push(() => second.service.stop());
  await second.pass(200_000, 2000);
  expect(second.service.devices.list().map(({ id }) => id)).toContain('front-door');
  expect(second.events).toEqual([]);
});

test('lists recordings over many pages, from a time on', async () => {
  const { blink, cloud, context } = await play();
  blink.quirks.pageRows = 25;
  const since = context.clock.now();
  for (let index = 0; index < 70; index += 1) {
    blink.scenario.camera(4001).quietUntil = 0;
    blink.scenario.trigger(4001);
    await context.clock.advance(1000);
  }
  await context.clock.advance(20_000);
  expect((await cloud.media(since - 1000)).rows).toHaveLength(70);
  expect(await cloud.media(context.clock.now() + 1000)).toEqual({ rows: [], unreadable: 0 });
});

test.each<Partial<SignedIn['blink']['quirks']>>([
  { times: 'zulu' },
  { times: 'fraction' },
  { doubleRows: true },
  { oldMediaPaths: true },
])('understands %j', async (quirk) => {
  const { blink, cloud, context } = await play();
  Object.assign(blink.quirks, quirk);
  const row = blink.scenario.trigger(4001);
  await context.clock.advance(20_000);
  const { rows } = await cloud.media(context.clock.now() - 60_000);
  expect(rows).toMatchObject([{ id: String(row?.id), createdAt: row?.createdAt, device: '4001', source: 'pir' }]);
});

test('rows without a time are left out, not guessed', async () => {
  const { blink, cloud, context } = await play();
  blink.quirks.undatedRows = true;
  blink.scenario.trigger(4001);
  await context.clock.advance(20_000);
  expect(await cloud.media(context.clock.now() - 60_000)).toEqual({ rows: [], unreadable: 1 });
});

test.each(['camera', 'name', 'time'] as const)(
  'fetches pictures whatever form their address has (%s)',
  async (form) => {
    const { blink, cloud } = await play();
    const forms = { camera: 'whole', name: 'bare', time: 'stamp' } as const;
    Object.assign(blink.quirks, { thumbnails: forms[form] });
    for (const { thumbnail } of (await cloud.home()).cameras) {
      if (thumbnail !== undefined) expect((await cloud.download(thumbnail, 'image')).length).toBeGreaterThan(4);
    }
  },
);

test.each([
  ['forbidden', 'blink.forbidden'],
  ['notAcceptable', 'blink.identity'],
  ['updateRequired', 'blink.update'],
  ['tooManyRequests', 'blink.rate'],
  ['serverError', 'blink.status'],
  ['html', 'blink.answer'],
  ['empty', 'blink.answer'],
  ['brokenJson', 'blink.answer'],
  ['reset', 'blink.unreachable'],
  ['loseAnswer', 'blink.unreachable'],
  ['hang', 'blink.unreachable'],
  ['unauthorized', 'blink.unauthorised'],
] as const)('%s is %s to every call', async (trouble, code) => {
  const { blink, cloud } = await play(trouble === 'hang' ? { api: { timeoutSeconds: 0.2 } } : {});
  blink.troubles[trouble](trouble === 'serverError' ? undefined : ({ on: '/' } as never));
  const calls = [
    () => cloud.home(),
    () => cloud.media(0),
    () => cloud.order({ what: 'arm', network: '2001', on: true }),
    () => cloud.progress('2001', '1'),
    () => cloud.requestManifest('2002', '3002'),
    () => cloud.manifest('2002', '3002', '1'),
  ];
  for (const call of calls) {
    const got = await codeOf(call());
    // Where the sign-in is refused too, that is what has to be said.
    // A command that there is not stays missing, whatever its answer says.
    const others: Record<string, string[]> = {
      unauthorized: ['blink.sign-in-needed'],
      brokenJson: ['blink.missing', 'blink.not-ready'],
    };
    expect([code, ...(others[trouble] ?? [])]).toContain(got);
  }
});

test('Retry-After is passed on, in seconds and as a date', async () => {
  const { blink, cloud } = await play();
  blink.troubles.tooManyRequests({ on: 'homescreen', times: 1, retryAfterSeconds: 77 });
  await expect(cloud.home()).rejects.toMatchObject({ code: 'blink.rate', retryAfterMs: 77_000 });
});

test('an answer that is slow or cut is a fault, not a wait for ever', async () => {
  const { blink, cloud } = await play({ api: { timeoutSeconds: 1 } });
  blink.troubles.slow(3000, { on: 'homescreen', times: 1 });
  expect(await codeOf(cloud.home())).toBe('blink.unreachable');
  blink.troubles.truncate(20, { on: 'homescreen', times: 1 });
  expect(await codeOf(cloud.home())).toBe('blink.unreachable');
  expect(await codeOf(cloud.home())).toBe('done');
});

test('the clock of the cloud is known', async () => {
  const { blink, cloud } = await play();
  await cloud.home();
  expect(cloud.skewMs).toBe(0);
  blink.clock.skewMs = 600_000;
  await cloud.home();
  expect(Math.abs(cloud.skewMs - 600_000)).toBeLessThan(2000);
});

test('the token goes to no other host, and no answer leads to another place', async () => {
  const { cloud } = await play();
  const seen: IncomingMessage[] = [];
  const stranger = createServer((request, response) => void (seen.push(request), response.end('x')));
  await new Promise<void>((resolve) => void stranger.listen(0, '127.0.0.1', resolve));
  open.push(() => stranger.close());
  const { port } = stranger.address() as AddressInfo;
  for (const address of [`http://127.0.0.1:${port}/a.jpg`, `//127.0.0.1:${port}/a.jpg`]) {
    expect(await codeOf(cloud.download(address, 'image'))).toBe('blink.host');
  }
  expect(await codeOf(cloud.progress('2001', '../../x'))).toBe('blink.answer');
  expect(seen).toEqual([]);
});

test('an account that moves to another region is found again', async () => {
  const { blink, context } = await play();
  const byName: Fetch = (address, init) => {
    if (typeof address !== 'string') throw new TypeError('an address as text is expected');
    const { origin, host } = new URL(address);
    return nodeFetch(address.replace(origin, blink.url), { ...init, headers: { ...init?.headers, host } });
  };
  const config = configFor(blink, { api: { restUrl: 'http://rest-{tier}.immedia-semi.com' } });
  const { cloud, session } = openAccess(config, context, { fetch: byName });
  await session.load();
  await cloud.home();
  blink.account.tier = 'e002';
  expect(await codeOf(cloud.home())).toBe('blink.missing');
  expect((await cloud.home()).cameras).toHaveLength(5);
  expect(blink.log.entries.at(-1)?.host).toBe('rest-e002.immedia-semi.com');
});

test('extra headers and other paths come from the configuration', async () => {
  const api = {
    headers: [{ name: 'APP-BUILD', value: 'ANDROID_30000000' }],
    paths: [{ name: 'homescreen', value: '/api/v3/accounts/{a}/homescreen' }],
  };
  const { blink, cloud } = await play({ api });
  await cloud.home();
  const asked = blink.http.requests.at(-1);
  expect(asked?.url.pathname).toBe('/api/v3/accounts/1001/homescreen');
  expect(asked?.headers['app-build']).toBe('ANDROID_30000000');
});

test('what is no picture and no film is not taken for one', async () => {
  const { blink, cloud } = await play();
  const [camera] = (await cloud.home()).cameras;
  blink.troubles.empty({ on: 'thumbnail', times: 1 });
  expect(await codeOf(cloud.download(camera?.thumbnail ?? '', 'image'))).toBe('blink.missing');
});
