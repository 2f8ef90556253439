import type { BlinkConfig } from '@porchlight/config-schemas';
import { describeError, toId, type Clock, type Devices, type ServiceContext } from '@porchlight/core';
import type { MediaRow } from '../domain/media-row.ts';
import { intervals, type PollSituation } from '../domain/poll-plan.ts';
import { noSnapshot, notDone, orderFailed } from '../errors.ts';
import type { FoundCamera, Home } from '../ports.ts';
import { Account } from './account/client.ts';
import { pinTopicOf } from './account/pin-topic.ts';
import { Clips } from './clips/client.ts';
import { pauseAfter } from './cloud/refuse.ts';
import { AccountDevice } from './devices/account-device.ts';
import { BlinkDevices } from './devices/client.ts';
import { Roster } from './devices/roster.ts';
import { AlarmFollower } from './follow/client.ts';
import type { Fetch } from './http/client.ts';
import { clocksOf, openAccess, toPollSettings } from './open.ts';
import { Orders } from './orders/client.ts';
import { Pictures } from './pictures/client.ts';
import { Thumbnails } from './pictures/thumbnails.ts';
import { Recordings } from './recordings/client.ts';
import { StickReader } from './storage/client.ts';
import { Watch } from './watch/client.ts';

/** What the service decides when something comes in. */
export interface Decisions {
  onSignedIn(): void;
  onProblem(key: string, problem: string | undefined): void;
  onHome(home: Home): void;
  onRows(rows: MediaRow[]): boolean;
  onAnswer(): void;
  onSnapshot(camera: FoundCamera): Promise<void>;
  lookAtStorage(): Promise<void>;
  situation(): PollSituation;
  /** Something has changed that should be written soon. */
  keep(): void;
  /** Resolves once everything is on the disk. */
  store(): Promise<void>;
}

export interface Surroundings {
  config: BlinkConfig;
  context: ServiceContext;
  devices: Devices;
  fetch?: Fetch;
}

export type Parts = ReturnType<typeof assemble>;

/** Makes everything that the service works with; nothing runs yet. */
export function assemble({ config, context, devices, fetch }: Surroundings, decisions: Decisions) {
  const { clock, log } = context;
  const access = openAccess(config, context, { fetch });
  const { cloud, gate } = access;
  gate.onSpent = () => decisions.keep();
  const pictures = new Pictures(context, cloud);
  const clips = new Clips({ settings: { folder: undefined, ...config.clips }, cloud }, context);
  const watch = new Watch(
    {
      cloud,
      settings: toPollSettings(config),
      random: Math.random,
      callbacks: {
        ...decisions,
        onHome(home) {
          decisions.onHome(home);
          if (config.snapshots) thumbnails.look(roster.chosen);
        },
        onProblem: (problem) => decisions.onProblem('cloud', problem),
        horizon: () => recordings.state.horizon,
      },
    },
    context,
  );
  const orders = new Orders({ cloud, onSettled: () => watch.nudge('state') }, context);
  const shown = new BlinkDevices(devices, {
    clock,
    settings: config,
    callbacks: {
      order: (target, label) => orders.ask(target, label),
      takeSnapshot: (camera) => decisions.onSnapshot(camera),
    },
  });
  const recordings = new Recordings(
    {
      config,
      pictures,
      clips,
      camera: (id) => shown.camera(id),
      clocks: () => clocksOf(clock, cloud),
      happen: (occurrence, media) => shown.happen(occurrence, media),
      snapshotTaken: (id, newest) => shown.snapshotTaken(id, newest),
    },
    context,
  );
  const account = new Account(
    {
      ...access,
      email: config.email,
      password: config.password,
      pinTopic: pinTopicOf(config.broker.root),
      onSignedIn: () => decisions.onSignedIn(),
      onProblem: (problem) => decisions.onProblem('account', problem),
    },
    context,
  );
  const thumbnails = new Thumbnails({ pictures, onTaken: (id, newest) => shown.snapshotTaken(id, newest) }, context);
  const sticks = new StickReader(cloud, context);
  const roster = new Roster(config, log);
  const accountDevice = new AccountDevice(devices, clock);
  const follower = new AlarmFollower(
    {
      settings: config.followAlarm,
      systems: () => roster.networks,
      arm: (id, on) => armSurely({ cloud, shown }, id, on),
      onChange: () => decisions.store(),
    },
    context,
  );
  return {
    ...access,
    pictures,
    thumbnails,
    clips,
    watch,
    orders,
    shown,
    recordings,
    account,
    sticks,
    roster,
    accountDevice,
    follower,
  };
}

/** Arms or disarms a system for the alarm; resolves once it says so itself. Whatever goes wrong is worth another try. */
async function armSurely({ cloud, shown }: Pick<Parts, 'cloud' | 'shown'>, id: string, on: boolean): Promise<void> {
  await shown.arm(id, on);
  // Somebody has ordered otherwise since: that stays.
  if (shown.isArmed(id) === !on) return;
  const { networks } = await cloud.home().catch((error: unknown) => {
    throw orderFailed('Asking what a system does', describeError(error), pauseAfter(error));
  });
  const system = networks.find((one) => one.id === id);
  if (system?.isArmed !== on) throw notDone(system?.name ?? id, on);
}

/** Orders a new picture of a camera, reads where it is, and fetches it. */
export async function takeSnapshot(
  { cloud, orders, pictures, roster, shown, thumbnails }: Parts,
  camera: FoundCamera,
  now: number,
): Promise<void> {
  const { id, network, kind, name } = camera;
  await orders.ask({ what: 'snapshot', network, camera: id, kind }, `Taking a picture of ${name}`);
  roster.take(await cloud.home());
  const address = roster.cameras.find((one) => one.id === id)?.thumbnail;
  if (address === undefined) throw noSnapshot(name);
  thumbnails.skip(id, address);
  shown.snapshotTaken(id, await pictures.take(address, { camera: id, name: toId(name), at: now }, 'order'));
}

/** Reads the USB sticks of systems that are not busy, one after the other. */
export async function lookAtSticks(
  { orders, roster, sticks }: Parts,
  now: number,
  onRows: (rows: MediaRow[]) => void,
): Promise<void> {
  for (const network of roster.storages(now)) {
    // The sticks know cameras by the names that Blink has for them.
    if (!orders.isBusy(network.id)) onRows(await sticks.look(network, roster.cameras));
  }
}

/** Shows what an owner may ask about: how much is asked, how fast it is. */
export function showFigures(
  { accountDevice, gate, recordings }: Parts,
  { config, clock, situation }: { config: BlinkConfig; clock: Clock; situation: PollSituation },
): void {
  accountDevice.show({
    requestsInHour: gate.madeInHour,
    requestsAllowed: config.polling.requestsPerHour,
    askingEverySeconds: intervals(toPollSettings(config), situation, clock.monotonic()).media / 1000,
    lastAnswerAt: clock.now(),
    delayMs: recordings.delayMs,
  });
}
