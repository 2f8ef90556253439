import { type Account, type BlinkCamera, type MediaRow, stamp } from './state.ts';

/** The main state answer, in the shape that version 3 and 4 share. */
export function renderHomescreen(account: Account): unknown {
  const of = (kind: BlinkCamera['kind']): unknown[] =>
    account.cameras.filter((camera) => camera.kind === kind).map((camera) => renderCamera(account, camera));
  return {
    account: { id: account.id, email_verified: true },
    networks: account.networks.map(({ id, name, armed }) => ({ id, name, armed, time_zone: 'UTC', lv_save: false })),
    sync_modules: account.networks.map(({ id, syncId, localStorage }) => ({
      id: syncId,
      network_id: id,
      name: 'Sync',
      serial: `G8T1${syncId}`,
      type: 'sm2',
      status: 'online',
      onboarded: true,
      local_storage_enabled: localStorage,
      local_storage_compatible: true,
      local_storage_status: localStorage ? 'active' : 'unavailable',
    })),
    cameras: of('camera'),
    owls: of('owl'),
    doorbells: of('doorbell'),
    doorbell_buttons: [],
    sirens: [],
    chimes: [],
    accessories: { storm: [], rosie: [] },
    video_stats: { storage: 2, auto_delete_days: 60 },
    app_updates: { message: 'OK', code: 103, update_available: false, update_required: false },
  };
}

function renderCamera(account: Account, camera: BlinkCamera): unknown {
  const seconds = Math.floor(camera.thumbnailAt / 1000);
  const folder = `/api/v3/media/accounts/${account.id}/networks/${camera.networkId}/${camera.type}/${camera.id}`;
  return {
    id: camera.id,
    network_id: camera.networkId,
    name: camera.name,
    serial: `G8S${camera.id}`,
    type: camera.type,
    enabled: camera.enabled,
    status: camera.online ? (camera.kind === 'camera' ? 'done' : 'online') : 'offline',
    fw_version: '10.53',
    thumbnail: `${folder}/thumbnail/thumbnail.jpg?ts=${seconds}&ext=`,
    ...(camera.battery && { battery: camera.battery }),
    ...(camera.kind === 'camera' && { signals: { lfr: 5, wifi: 5, temp: camera.fahrenheit, battery: 3 } }),
  };
}

/** One row of `media/changed`. */
export function renderMedia(account: Account, row: MediaRow): unknown {
  const { camera } = row;
  const network = account.networks.find(({ id }) => id === camera.networkId);
  const folder = `/api/v3/media/accounts/${account.id}/networks/${camera.networkId}/${camera.type}/${camera.id}`;
  return {
    id: row.id,
    created_at: stamp(row.createdAt),
    updated_at: stamp(row.updatedAt),
    deleted: row.deleted,
    device: camera.type,
    device_id: camera.id,
    device_name: camera.name,
    network_id: camera.networkId,
    network_name: network?.name,
    type: 'video',
    source: row.source,
    watched: row.watched,
    partial: false,
    thumbnail: `${folder}/${row.source}/${row.id}.jpg?ext=`,
    media: `${folder}/${row.source}/${row.id}.mp4`,
    metadata: null,
    additional_devices: [],
    time_zone: 'UTC',
  };
}
