import { type Cloud, writeTime } from '../cloud.ts';
import type { MediaRow } from '../state.ts';
import { mediaPaths } from './paths.ts';

/** One row of `media/changed`. */
export function renderMedia(cloud: Cloud, row: MediaRow): unknown {
  const { camera } = row;
  const network = cloud.account.networks.find(({ id }) => id === camera.networkId);
  return {
    id: row.id,
    ...(!cloud.quirks.undatedRows && { created_at: writeTime(cloud, row.createdAt) }),
    updated_at: writeTime(cloud, row.updatedAt),
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
    ...mediaPaths(cloud, row),
    // Where the cloud puts labels is not known for certain; clients should not depend on it.
    metadata: row.labels.length > 0 ? { cv_detection: row.labels } : null,
    additional_devices: [],
    time_zone: 'UTC',
  };
}
