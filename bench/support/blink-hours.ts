import { buildContext, until, type FakeContext } from '@porchlight/core/testing';
import type { Blink } from '@porchlight/simulators';
import { createRandom } from '../../e2e/support/random.ts';
import { PersonalSignIn } from '../../plugins/blink/src/adapters/account/personal.ts';
import {
  configFor,
  owner,
  startAccount,
  startService,
  type Running,
} from '../../plugins/blink/test/support/account.ts';
import { FullRefreshPeer, type PeerReport } from './blink-peer.ts';

export interface HoursReport {
  plugin: PeerReport;
  peer30: PeerReport;
  peer300: PeerReport;
  hours: number;
}

const hours = 8;
const hourMs = 3_600_000;
/** So fine time passes, in ms: no delay is told too short, and each too long by at most so much. */
const stepMs = 500;
/** Between the ends of two visits on average, in s. */
const meanPauseSeconds = 480;
const cameras = [4001, 4002, 4003, 5001, 6001];

/**
 * Eight armed hours on one fake clock: the plugin and both peers ask the same simulated account over real sockets, and time
 * stands still while an answer is on its way. That is fair, because the waits between questions make up all but some
 * milliseconds of a delay, and every client waits by the same clock; hours of real time would give the same.
 */
export async function playHours(): Promise<HoursReport> {
  const context = buildContext();
  const blink = await openAccount(context);
  const [peer30, peer300] = await openPeers(blink, context);
  const requestsBefore = blink.log.count();
  // A refresh of the tokens and the start count as the plugin's requests.
  const running = await startService(blink, { api: { timeoutSeconds: 20 } }, context);
  const ending = new AbortController();
  const peers = [peer30, peer300];
  const runs = peers.map((peer) => peer.run(ending.signal).catch((error: unknown) => failUnless(ending.signal, error)));
  try {
    await liveThrough(blink, running, peers);
  } finally {
    ending.abort();
    await Promise.all(runs);
    await running.service.stop();
    await blink.close();
  }
  const requests = blink.log.count() - requestsBefore - peer30.report.requests - peer300.report.requests;
  const plugin = { requests, delays: delaysOf(blink, running) };
  if (plugin.delays.length < peer30.report.delays.length) throw new Error('The plugin has missed a recording.');
  return { plugin, peer30: peer30.report, peer300: peer300.report, hours };
}

/** One armed system with five cameras and its recordings in the cloud, as most accounts are. */
async function openAccount(context: FakeContext): Promise<Blink> {
  const blink = await startAccount(context);
  blink.scenario.removeNetwork(2002);
  blink.scenario.addCamera({ id: 4003, name: 'Shed', networkId: 2001 });
  return blink;
}

async function openPeers(blink: Blink, { clock }: FakeContext): Promise<[FullRefreshPeer, FullRefreshPeer]> {
  const { settings } = blink.oauth;
  const usualSeconds = settings.tokenSeconds;
  settings.tokenSeconds = hours * 7200;
  const page = buildContext({ clock });
  await new PersonalSignIn(configFor(blink), page).begin(owner);
  settings.tokenSeconds = usualSeconds;
  const { tokens } = JSON.parse(page.storage.files.get('session') ?? '') as { tokens: { access: string } };
  const open = (everySeconds: number) => new FullRefreshPeer(blink, { clock, token: tokens.access, everySeconds });
  return [open(30), open(300)];
}

function failUnless(signal: AbortSignal, error: unknown): void {
  if (!signal.aborted) throw error;
}

/** People come by at random and are seen by one to four cameras, one after the other. */
async function liveThrough(blink: Blink, running: Running, peers: readonly FullRefreshPeer[]): Promise<void> {
  const random = createRandom(7);
  const pick = () => cameras[Math.floor(random() * cameras.length)] ?? 0;
  const { clock } = running.context;
  const endsAt = clock.monotonic() + hours * hourMs;
  let nextAt = clock.monotonic();
  let left = 0;
  while (clock.monotonic() < endsAt) {
    await clock.advance(stepMs);
    await running.settle();
    // A peer asks one thing after the other.
    if (peers.some(({ isBusy }) => isBusy)) await until(() => peers.every(({ isBusy }) => !isBusy));
    if (clock.monotonic() < nextAt) continue;
    blink.scenario.trigger(pick());
    left = left > 0 ? left - 1 : Math.floor(random() * 4);
    const seconds = left > 0 ? 5 + random() * 25 : -Math.log(1 - random()) * meanPauseSeconds;
    nextAt = clock.monotonic() + seconds * 1000;
  }
}

function delaysOf(blink: Blink, { events }: Running): number[] {
  return events.flatMap(({ id, observedAt }) => {
    const row = blink.account.media.find((one) => `blink-${one.id}` === id);
    return row ? [observedAt - row.uploadedAt] : [];
  });
}
