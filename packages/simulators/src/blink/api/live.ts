import type { Answer } from '../../shared/http.ts';
import type { CameraKind } from '../state.ts';
import type { Call, Route } from './route.ts';

const kinds: [CameraKind, string, string[]][] = [
  ['camera', 'cameras', ['v5', 'v6']],
  ['owl', 'owls', ['v1', 'v2']],
  ['doorbell', 'doorbells', ['v1', 'v2']],
];

/** Opening a live view, at the addresses before and after spring 2026. */
export const liveRoutes: Route[] = kinds.flatMap(([kind, folder, versions]) =>
  versions.map((version) => ({
    name: `POST /api/${version}/accounts/{account}/networks/{network}/${folder}/{camera}/liveview`,
    answer: (call: Call): Answer => call.cloud.liveViews.open(call.camera(kind), call.network),
  })),
);
