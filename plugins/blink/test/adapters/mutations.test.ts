import { afterEach, expect, test } from '@jest/globals';
import { blinkSchema } from '@porchlight/config-schemas';
import { Devices, errorCode } from '@porchlight/core';
import { buildContext } from '@porchlight/core/testing';
import { BlinkDevices } from '../../src/adapters/devices/client.ts';
import { Roster } from '../../src/adapters/devices/roster.ts';
import { PersonalSignIn } from '../../src/adapters/account/personal.ts';
import { defaultDiffSettings, diffMedia, type DiffState } from '../../src/domain/media-diff.ts';
import { configFor, owner, startAccount } from '../support/account.ts';
import { signIn, type SignedIn } from '../support/cloud.ts';

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

type Path = readonly (string | number)[];
const removed = Symbol('removed');

const odd: readonly unknown[] = [
  removed,
  null,
  0,
  -1,
  4002,
  1e308,
  1.5,
  '',
  'x',
  'pir',
  '\u0000',
  '../..',
  '2026-01-01T00:00:07+00:00',
  '9'.repeat(500),
  true,
  false,
  [],
  {},
  [[null]],
];

/** Every place in an answer, itself included. */
function placesOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => placesOf(inner, [...path, key]))];
}

function mutate(body: unknown, path: Path, value: unknown): unknown {
  const root = { body };
  let node: Record<string | number, unknown> = root;
  const keys: Path = ['body', ...path];
  for (const key of keys.slice(0, -1)) node = node[key] as Record<string | number, unknown>;
  const last = keys.at(-1) ?? 'body';
  if (value !== removed) node[last] = value;
  else if (Array.isArray(node)) node.splice(Number(last), 1);
  else delete node[last];
  // Nothing at all is not JSON; the simulator sends an empty text for it.
  return root.body ?? '';
}

/** Makes a call once for every odd value in every place of its answer; the codes that it was refused with. */
async function bend(
  { blink }: Pick<SignedIn, 'blink'>,
  on: string | RegExp,
  call: () => Promise<void>,
  values = odd,
): Promise<{ count: number; codes: Set<string> }> {
  let whole: unknown;
  blink.troubles.change((body) => (whole = structuredClone(body)), { on });
  await call();
  blink.troubles.clear();
  const codes = new Set<string>();
  let count = 0;
  for (const path of placesOf(whole)) {
    for (const value of values) {
      blink.troubles.change((body) => mutate(body, path, value), { on, times: 1 });
      await call().catch((error: unknown) => codes.add(errorCode(error) ?? `foreign: ${String(error)}`));
      blink.troubles.clear();
      count += 1;
    }
  }
  return { count, codes };
}

const generous = { polling: { requestsPerHour: 5000 } };

/** So many calls need time to pass, or the budget ends. */
async function play(): Promise<SignedIn> {
  const opened = await signIn(generous);
  open.push(() => opened.close());
  const pass = opened.gate.pass.bind(opened.gate);
  opened.gate.pass = async (urgency, run) => {
    opened.gate.resume({ tokens: 1000, at: opened.context.clock.now() });
    const passing = pass(urgency, run);
    await opened.context.clock.advance(1000);
    return passing;
  };
  return opened;
}

test('recordings, field by field: no crash and no false motion', async () => {
  const opened = await play();
  const { blink, cloud, context } = opened;
  const scenario = blink.scenario;
  scenario.network(2001).saveLiveViews = true;
  const deleted = scenario.trigger(4002)!;
  scenario.trigger(4001, 'cv_motion', { labels: ['person'] });
  scenario.trigger(5001, 'snapshot');
  scenario.openLiveView(6001, 3);
  await context.clock.advance(20_000);
  const since = context.clock.now() - 60_000;
  let state: DiffState = { horizon: since, seen: [] };
  const told: string[] = [];
  const look = async (): Promise<void> => {
    const now = context.clock.now();
    const { rows } = await cloud.media(since);
    const step = diffMedia(defaultDiffSettings, state, rows, { local: now, cloud: now });
    state = step.state;
    told.push(...step.occurrences.map(({ row }) => `${row.device} ${row.source}`));
  };
  await look();
  expect(told.toSorted()).toEqual(['4001 cv_motion', '4002 pir']);
  scenario.remove(deleted);
  const { count, codes } = await bend(opened, 'media/changed', look);
  expect(told).toHaveLength(2);
  expect([...codes]).toEqual(['blink.answer']);
  expect(count).toBeGreaterThan(1200);
}, 120_000);

test('cameras and systems, field by field: no crash, and none is lost to one bad answer', async () => {
  const opened = await play();
  const { blink, cloud, context } = opened;
  // One of each kind is enough.
  blink.scenario.removeCamera(4002);
  blink.scenario.removeCamera(4003);
  const devices = new Devices('blink');
  const config = blinkSchema.parse({});
  const roster = new Roster(config, context.log);
  const callbacks = { order: async () => undefined, takeSnapshot: async () => undefined };
  const shown = new BlinkDevices(devices, { clock: context.clock, settings: config, callbacks });
  const look = async (): Promise<void> => {
    roster.take(await cloud.home());
    shown.show(roster.networks, roster.chosen);
  };
  await look();
  const all = devices.list().map(({ id }) => id);
  const parts = devices.list().map(({ capabilities }) => Object.keys(capabilities).length);
  const lookTwice = async (): Promise<void> => {
    try {
      await look();
    } finally {
      const ids = devices.list().map(({ id }) => id);
      expect(all.filter((id) => !ids.includes(id))).toEqual([]);
    }
    // The next answer is a good one again.
    blink.troubles.clear();
    await look();
  };
  // Half of the values: it is the longest answer.
  const values = odd.filter((_value, index) => index % 2 === 0);
  const { count, codes } = await bend(opened, 'homescreen', lookTwice, values);
  expect([...codes].filter((code) => code !== 'blink.answer')).toEqual([]);
  expect(
    devices
      .list()
      .map(({ id }) => id)
      .slice(0, all.length),
  ).toEqual(all);
  expect(
    devices
      .list()
      .slice(0, all.length)
      .map(({ capabilities }) => Object.keys(capabilities).length),
  ).toEqual(parts);
  expect(count).toBeGreaterThan(1200);
}, 120_000);

test('orders, commands, USB lists and the tier, field by field', async () => {
  const opened = await play();
  const { blink, cloud, context, session } = opened;
  blink.commands.durationMs = 0;
  blink.scenario.trigger(4003);
  await context.clock.advance(20_000);
  let command = '';
  const outcomes = [
    await bend(opened, 'state/', async () => void (await cloud.order({ what: 'arm', network: '2001', on: true }))),
    await bend(opened, 'manifest/request', async () => {
      command = await cloud.requestManifest('2002', '3002');
    }),
    await bend(opened, /GET .*manifest\/request/, async () => {
      for (const { createdAt } of await cloud.manifest('2002', '3002', command))
        expect(Number.isFinite(createdAt)).toBe(true);
    }),
    await bend(opened, /GET .*command/, async () => {
      const { type } = await cloud.progress('2002', command);
      expect(['pending', 'done', 'failed']).toContain(type);
    }),
    await bend(opened, 'tier_info', async () => {
      const { id, tier } = session.account ?? { id: '', tier: '' };
      session.rememberAccount = async (account) => void Object.assign(session.account ?? {}, account);
      Object.defineProperty(session, 'account', { value: undefined, configurable: true });
      try {
        await cloud.home().catch((error: unknown) => {
          // An account of another number has no homescreen here.
          if (errorCode(error) !== 'blink.missing' && errorCode(error) !== 'blink.forbidden') throw error;
        });
      } finally {
        Object.defineProperty(session, 'account', { value: { id, tier }, configurable: true });
      }
    }),
  ];
  const known = new Set(['blink.answer', 'blink.missing', 'blink.not-ready', 'blink.status', 'blink.unreachable']);
  expect(outcomes.flatMap(({ codes }) => [...codes]).filter((code) => !known.has(code))).toEqual([]);
  expect(outcomes.reduce((sum, { count }) => sum + count, 0)).toBeGreaterThan(400);
}, 120_000);

test.each([
  ['POST /oauth/token', 'none', ['blink.answer'], 80],
  ['POST /oauth/v2/signin', '412', [], 100],
  ['POST /oauth/v2/signin', '202', ['blink.credentials'], 100],
  ['POST /oauth/v2/2fa/verify', '412', [], 30],
] as const)(
  '%s with %s, field by field: signed in, or a reason',
  async (on, twoFactor, reasons, least) => {
    const context = buildContext();
    const blink = await startAccount(context);
    open.push(() => blink.close());
    blink.account.twoFactor = twoFactor;
    const { codes, count } = await bend({ blink }, on, async () => {
      blink.oauth.unlock();
      const own = buildContext({ clock: context.clock });
      const page = new PersonalSignIn(configFor(blink), own);
      if ((await page.begin(owner)).type === 'pin-wanted') await page.enterPin(blink.account.pin);
      expect(own.storage.files.get('session')).toMatch(/"access"/);
      await context.clock.advance(86_400_000);
    });
    expect([...codes]).toEqual(reasons);
    expect(count).toBeGreaterThan(least);
  },
  120_000,
);
