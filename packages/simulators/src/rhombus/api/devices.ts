import { z } from 'zod';
import type { Camera, Gateway, MediaDevice, Organisation, Sensor } from '../state.ts';
import { findCamera } from '../state.ts';
import { flag, int, notFound, type Route, route, text } from './route.ts';

const anything = z.object({});
const locationQuery = z.object({ maxPageSize: int, lastEvaluatedKey: text, nameBeginsWithFilter: text });

/** Endpoints that list places and devices. */
export const deviceRoutes: Record<string, Route> = {
  'org/getOrgV2': route(anything, (_, { org }) => ({ org: { uuid: org.uuid, name: org.name } })),
  'location/getLocations': route(z.object({ subLocationsIncluded: flag }), (body, { org }) => ({
    locations: org.locations.map((place) => locationState(place, body.subLocationsIncluded ?? false)),
  })),
  'location/getLocationsV2': route(locationQuery, (body, { org }) => locationPage(org, body)),
  'camera/getMinimalCameraStateList': route(z.object({ includeMummified: flag }), (body, { org }) => ({
    cameraStates: org.cameras.filter((camera) => body.includeMummified || !camera.mummified).map(cameraState),
  })),
  'camera/getFullCameraState': route(z.object({ cameraUuid: z.string(), force: flag }), (body, { org, now }) => {
    const camera = findCamera(org, body.cameraUuid);
    return camera ? { fullCameraState: fullCameraState(camera, now()) } : notFound();
  }),
  'audiogateway/getMinimalAudioGatewayStateList': route(anything, (_, { org }) => ({
    audioGatewayStates: org.gateways.map(gatewayState),
  })),
  'policy/getCameraPolicies': route(anything, (_, { org }) => ({
    policies: org.policies.map(({ uuid, name, activities }) => ({
      uuid,
      name,
      description: '',
      defaultTriggers: activities.map((activity) => ({ activity })),
      scheduledTriggers: [],
    })),
  })),
  'doorbellcamera/getMinimalStateList': sensorList('doorbell', 'minimalStates'),
  'door/getMinimalDoorStateList': sensorList('door', 'doorStates'),
  'climate/getMinimalClimateStateList': sensorList('climate', 'climateStates'),
  'climate/getMinimalEnvironmentalGatewayStates': sensorList('environmental', 'minimalEnvironmentalGatewayStates'),
  'occupancy/getMinimalOccupancySensorStateList': sensorList('occupancy', 'occupancySensorStates'),
  'relay/getMinimalThirdPartyCameraStateList': sensorList('relay-camera', 'cameraStates'),
  'relay/getMinimalNVRStateList': sensorList('nvr', 'nvrStates'),
};

function sensorList(kind: Sensor['kind'], field: string): Route {
  return route(anything, (_, { org }) => ({
    [field]: org.sensors.filter((sensor) => sensor.kind === kind).map(sensorState),
  }));
}

/** Each kind of device names its id and its health in its own way. */
function sensorState({ kind, readings, ...device }: Sensor): Record<string, unknown> {
  const { uuid, name, locationUuid, connectionStatus, firmwareVersion, serialNumber } = device;
  const isGone = connectionStatus === 'RED';
  const common = { name, locationUuid, firmwareVersion, serialNumber, associatedCameras: [], ...readings };
  switch (kind) {
    case 'door':
    case 'climate':
    case 'occupancy':
      return {
        sensorUuid: uuid,
        health: isGone ? 'RED' : 'GREEN',
        healthDetails: isGone ? 'NO_HEARTBEAT' : 'NONE',
        signalStrength: -60,
        ...common,
      };
    case 'environmental':
      return { deviceUuid: uuid, connected: !isGone, healthStatus: connectionStatus, healthDetails: 'NONE', ...common };
    default:
      return { ...device, ...readings };
  }
}

function locationState(place: Organisation['locations'][number], withSubLocations: boolean): Record<string, unknown> {
  const { subLocations = [], ...fields } = place;
  return { ...fields, labels: [], floorPlans: [], subLocations: withSubLocations ? subLocations : [] };
}

function locationPage(org: Organisation, ask: z.infer<typeof locationQuery>): Record<string, unknown> {
  const wanted = org.locations.filter(({ name }) => name.startsWith(ask.nameBeginsWithFilter ?? ''));
  const start = wanted.findIndex(({ uuid }) => uuid === ask.lastEvaluatedKey) + 1;
  const page = wanted.slice(start, start + (ask.maxPageSize ?? 100));
  const isLast = start + page.length >= wanted.length;
  return {
    locations: page.map((place) => locationState(place, true)),
    lastEvaluatedKey: isLast ? null : page.at(-1)?.uuid,
  };
}

function cameraState(camera: Camera): Record<string, unknown> {
  return {
    ...mediaDeviceState(camera),
    hwVariation: camera.hwVariation,
    policyUuid: camera.policyUuid,
    supportedFacets: camera.facets,
    subLocationsHierarchyKey: camera.subLocationsHierarchyKey ?? null,
    mediaStorageDeviceUuid: camera.mediaStorageDeviceUuid ?? null,
    mummified: camera.mummified,
    createdAtMillis: camera.recording.sinceSec * 1000,
    firmwareUpdateInProgress: false,
    liveStreamShared: false,
  };
}

function fullCameraState(camera: Camera, now: number): Record<string, unknown> {
  return {
    ...cameraState(camera),
    stateUpdatedTimestampMs: now,
    latestFirmwareVersion: camera.firmwareVersion,
    versionsBehind: 0,
    audioSupported: false,
    onCameraState: {},
    onCloudState: {},
  };
}

function gatewayState(gateway: Gateway): Record<string, unknown> {
  return { ...mediaDeviceState(gateway), associatedCameras: gateway.associatedCameras, sensorUuid: null };
}

function mediaDeviceState(device: MediaDevice): Record<string, unknown> {
  const { uuid, name, locationUuid, connectionStatus, healthStatus, healthStatusDetails } = device;
  return {
    uuid,
    name,
    locationUuid,
    connectionStatus,
    healthStatus,
    healthStatusDetails,
    firmwareVersion: device.firmwareVersion,
    serialNumber: device.serialNumber,
    mediaRegion: device.mediaRegion,
    // Dead addresses are of the block reserved for documentation, so nothing can answer there.
    lanAddresses: device.lan.map((way, index) => (way === 'live' ? '127.0.0.1' : `192.0.2.${index + 10}`)),
    secondaryLanAddresses: [],
  };
}
