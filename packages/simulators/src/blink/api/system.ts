import type { Answer } from '../../shared/http.ts';
import { type Cloud, writeTime } from '../cloud.ts';
import { renderHomescreen } from '../render/homescreen.ts';
import type { Network } from '../state.ts';
import { type Call, Refusal, type Route } from './route.ts';

/** The calls about the whole: homescreen, networks, sync modules, arming, schedules. */
export const systemRoutes: Route[] = [
  { name: 'GET /api/v3/accounts/{account}/homescreen', answer: (call) => homescreen(call, 3) },
  { name: 'GET /api/v4/accounts/{account}/homescreen', answer: (call) => homescreen(call, 4) },
  { name: 'GET /networks', answer: ({ cloud }) => ({ body: listNetworks(cloud) }) },
  { name: 'GET /network/{network}', answer: ({ cloud, network }) => ({ body: { network: describe(cloud, network) } }) },
  { name: 'POST /network/{network}/update', answer: updateNetwork },
  { name: 'GET /network/{network}/syncmodules', answer: describeSyncModule },
  { name: 'GET /events/network/{network}', answer: ({ network }) => ({ body: { event: [], network_id: network.id } }) },
  { name: 'GET /api/v1/camera/usage', answer: ({ cloud }) => ({ body: describeUsage(cloud) }) },
  { name: 'POST /api/v1/accounts/{account}/networks/{network}/state/{state}', answer: setState },
  { name: 'GET /network/{network}/command/{command}', answer: (call) => poll(call) },
  { name: 'POST /network/{network}/command/{command}/done', answer: (call) => end(call) },
  { name: 'GET /accounts/{account}/networks/{network}/commands/{command}', answer: (call) => poll(call) },
  { name: 'POST /accounts/{account}/networks/{network}/commands/{command}/done', answer: (call) => end(call) },
  ...['/api/v1', '/api/v1/accounts/{account}'].flatMap((base): Route[] => [
    { name: `GET ${base}/networks/{network}/programs`, answer: listPrograms },
    { name: `POST ${base}/networks/{network}/programs/{program}/{state}`, answer: switchProgram },
  ]),
];

const poll = ({ cloud, number, network }: Call): Answer => cloud.commands.poll(network.id, number('command'));
const end = ({ cloud, number, network }: Call): Answer => cloud.commands.end(network.id, number('command'));

function homescreen({ cloud }: Call, version: 3 | 4): Answer {
  const { clientId, userId } = cloud.account;
  const headers = { 'client-id': String(clientId), 'user-id': String(userId) };
  return { headers, body: renderHomescreen(cloud, version) };
}

function listNetworks(cloud: Cloud): unknown {
  const { networks } = cloud.account;
  const summary = networks.map(({ id, name, syncless }) => [id, { name, onboarded: !syncless }]);
  return { networks: networks.map((network) => describe(cloud, network)), summary: Object.fromEntries(summary) };
}

function describe(cloud: Cloud, network: Network): unknown {
  const { id, name, armed, syncless, syncOnline } = network;
  const cameras = cloud.account.cameras.filter(({ networkId }) => networkId === id);
  return {
    id,
    name,
    account_id: cloud.account.id,
    armed,
    arm_string: armed ? 'Armed' : 'Disarmed',
    busy: cloud.commands.isBusy(id),
    camera_error: cameras.some(({ online }) => !online),
    sync_module_error: !syncless && !syncOnline,
    lv_mode: 'relay',
    lv_save: network.saveLiveViews,
    ping_interval: 60,
    time_zone: 'UTC',
    dst: true,
    video_destination: network.localStorage ? 'local' : 'server',
  };
}

function updateNetwork({ cloud, network, body }: Call): Answer {
  if (typeof body.lv_save === 'boolean') network.saveLiveViews = body.lv_save;
  return { body: { network: describe(cloud, network) } };
}

function describeSyncModule({ cloud, network }: Call): Answer {
  if (network.syncless) throw new Refusal(404, 'Sync module not found');
  const status = network.syncOnline ? 'online' : 'offline';
  const times = { last_hb: writeTime(cloud, cloud.now()), wifi_strength: 4 };
  const module = { id: network.syncId, network_id: network.id, serial: `G8T1${network.syncId}`, status };
  return { body: { syncmodule: { ...module, name: 'Sync', fw_version: '4.4.8', type: network.syncType, ...times } } };
}

/** Classic cameras only, as in the cloud. */
function describeUsage({ account }: Cloud): unknown {
  const networks = account.networks.map(({ id, name }) => {
    const cameras = account.cameras.filter(({ networkId, kind }) => networkId === id && kind === 'camera');
    const usage = cameras.map((camera) => ({
      id: camera.id,
      name: camera.name,
      usage: 0,
      lv_seconds: 0,
      clip_seconds: 0,
    }));
    return { network_id: id, name, cameras: usage };
  });
  return { range_days: 7, reference: { usage: 400 }, networks };
}

function setState({ cloud, network, word }: Call): Answer {
  const state = word('state');
  if (state !== 'arm' && state !== 'disarm') throw new Refusal(404, 'Not found');
  const children = cloud.account.cameras.filter(({ networkId }) => networkId === network.id);
  const effect = (): void => void (network.armed = state === 'arm');
  return cloud.commands.start({ network, word: state, children, effect });
}

function listPrograms({ network }: Call): Answer {
  const programs = network.programs.map(({ id, name, enabled, schedule }) => {
    return { id, network_id: network.id, name, status: enabled ? 'enabled' : 'disabled', format: 'v1', schedule };
  });
  return { body: programs };
}

function switchProgram({ network, number, word }: Call): Answer {
  const program = network.programs.find(({ id }) => id === number('program'));
  const state = word('state');
  if (!program || (state !== 'enable' && state !== 'disable')) throw new Refusal(404, 'Program not found');
  program.enabled = state === 'enable';
  return { body: { message: `Program ${state}d`, code: 802 } };
}
