import { type Cloud, writeTime } from '../cloud.ts';
import type { BlinkCamera, CameraKind, Network } from '../state.ts';
import { thumbnailPath } from './paths.ts';

/** The main state answer. Version 4 also lists the models that version 3 leaves out. */
export function renderHomescreen(cloud: Cloud, version: 3 | 4): unknown {
  const { account, quirks } = cloud;
  const visible = account.cameras.filter(({ isInV4Only }) => version === 4 || !isInV4Only);
  const of = (kind: CameraKind): unknown[] =>
    visible.filter((camera) => camera.kind === kind).map((camera) => renderCamera(cloud, camera));
  return {
    account: { id: account.id, email_verified: true },
    networks: account.networks.map((network) => renderNetwork(cloud, network)),
    sync_modules: account.networks.filter(({ syncless }) => !syncless).map((network) => renderSync(cloud, network)),
    cameras: of('camera'),
    owls: of('owl'),
    doorbells: quirks.hideDoorbells ? [] : of('doorbell'),
    doorbell_buttons: [],
    sirens: [],
    chimes: [],
    accessories: { storm: [], rosie: [] },
    video_stats: { storage: 2, auto_delete_days: 60, auto_delete_day_options: [3, 7, 14, 30, 60] },
    app_updates: { message: 'OK', code: 103, update_available: false, update_required: false },
    device_limits: { camera: 10, owl: 10, doorbell: 10, siren: 5, chime: 5, doorbell_button: 2, total_devices: 20 },
    whats_new: { updated_at: 20210204, url: 'https://updates.blinkforhome.com/' },
    tiv_lock_enable: true,
    tiv_lock_status: { locked: true },
    ...(version === 4 && { changed: true, access: { scopes: ['client'] } }),
  };
}

function renderNetwork(cloud: Cloud, { id, name, armed, saveLiveViews }: Network): unknown {
  const times = { created_at: writeTime(cloud, 0), updated_at: writeTime(cloud, cloud.now()) };
  return { id, name, ...times, time_zone: 'UTC', dst: true, armed, lv_save: saveLiveViews };
}

function renderSync(cloud: Cloud, network: Network): unknown {
  const { id, syncId, syncType, syncOnline, localStorage } = network;
  return {
    id: syncId,
    network_id: id,
    name: 'Sync',
    serial: `G8T1${syncId}`,
    type: syncType,
    ...(syncType === 'sm2' && { subtype: 'vinnie' }),
    status: syncOnline ? 'online' : 'offline',
    onboarded: true,
    fw_version: '4.4.8',
    last_hb: writeTime(cloud, cloud.now()),
    wifi_strength: 4,
    enable_temp_alerts: true,
    local_storage_enabled: localStorage,
    local_storage_compatible: syncType !== 'sm1',
    local_storage_status: localStorage ? 'active' : 'unavailable',
    revision: '00',
    ...since(cloud),
  };
}

function renderCamera(cloud: Cloud, camera: BlinkCamera): unknown {
  const { id, networkId, name, serial, type, kind, enabled, battery } = camera;
  const snoozeSeconds = Math.max(0, Math.ceil((camera.snoozedUntil - cloud.now()) / 1000));
  const network = cloud.account.networks.find((candidate) => candidate.id === networkId);
  return {
    id,
    network_id: networkId,
    name,
    serial,
    type,
    enabled,
    onboarded: true,
    status: statusOf(camera),
    ...(battery && { battery }),
    fw_version: kind === 'owl' ? '9.63' : '10.53',
    thumbnail: thumbnailPath(cloud, camera),
    usage_rate: false,
    issues: [],
    ...(kind === 'camera' && { signals: signalsOf(camera) }),
    local_storage_enabled: network?.localStorage ?? false,
    local_storage_compatible: true,
    snooze: snoozeSeconds > 0,
    snooze_time_remaining: snoozeSeconds > 0 ? snoozeSeconds : null,
    revision: '00',
    color: 'black',
    ...since(cloud),
  };
}

/** The word for a camera's state, which differs by kind. */
export function statusOf({ online, kind }: BlinkCamera): string {
  if (!online) return 'offline';
  return kind === 'camera' ? 'done' : 'online';
}

/** Bars, not volts or dBm. */
export function signalsOf({ syncBars, wifiBars, fahrenheit, battery }: BlinkCamera): Record<string, number | null> {
  return { lfr: syncBars, wifi: wifiBars, temp: fahrenheit, battery: battery === 'low' ? 2 : 3 };
}

function since(cloud: Cloud): { created_at: string; updated_at: string } {
  return { created_at: writeTime(cloud, 0), updated_at: writeTime(cloud, cloud.now()) };
}
