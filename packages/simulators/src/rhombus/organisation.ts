import { ruuid } from './ruuid.ts';
import { type Camera, emptyOrganisation, type Gateway, type Organisation, type Sensor } from './state.ts';

const day = 86_400;

/** A camera with every field filled; `label` gives it its uuid and serial number. */
export function makeCamera(label: string, nowSec: number, change: Partial<Camera> = {}): Camera {
  return {
    ...mediaDevice(label, nowSec),
    hwVariation: 'CAMERA_R200',
    facets: ['v0'],
    policyUuid: ruuid('policy:motion'),
    mummified: false,
    ...change,
  };
}

/** An audio gateway that hears for the given cameras (uuids with or without a facet). */
export function makeGateway(label: string, nowSec: number, change: Partial<Gateway> = {}): Gateway {
  return { ...mediaDevice(label, nowSec), associatedCameras: [], ...change };
}

function mediaDevice(label: string, nowSec: number): Omit<Gateway, 'associatedCameras'> {
  const recording = { sinceSec: nowSec - 40 * day, retentionMinutes: 30 * 24 * 60, gaps: [], cloud: [] };
  return { ...device(label), lan: ['live'], recording, mediaRegion: 'us-west-2', clockSkewMs: 0 };
}

function device(label: string): Omit<Sensor, 'kind' | 'readings'> {
  return {
    uuid: ruuid(`device:${label}`),
    name: label,
    locationUuid: ruuid('location:house'),
    connectionStatus: 'GREEN',
    healthStatus: 'GREEN',
    healthStatusDetails: 'NONE',
    firmwareVersion: '24.8.1',
    serialNumber: `RH${ruuid(`serial:${label}`).slice(0, 8).toUpperCase()}`,
  };
}

function sensor(kind: Sensor['kind'], label: string, readings: Record<string, unknown>): Sensor {
  return { ...device(label), kind, readings };
}

/** An organisation with so many cameras that are all well, each with its audio gateway on request; for measurements. */
export function createFleet(
  nowSec: number,
  { cameras, audio = false }: { cameras: number; audio?: boolean },
): Organisation {
  const org = base('Fleet');
  for (let number = 1; number <= cameras; number += 1) {
    const camera = makeCamera(`Camera ${number}`, nowSec);
    org.cameras.push(camera);
    const change = { associatedCameras: [camera.uuid] };
    if (audio) org.gateways.push(makeGateway(`Gateway ${number}`, nowSec, change));
  }
  return org;
}

/** An organisation with one of everything that clients have to cope with. `nowSec` is the epoch second it starts at. */
export function createDemoOrganisation(nowSec: number): Organisation {
  const org = base('Porch Street');
  org.cameras = demoCameras(nowSec);
  org.gateways = [
    makeGateway('Lobby mic', nowSec, { associatedCameras: [ruuid('device:Front Door')] }),
    makeGateway('Garage mic', nowSec, { associatedCameras: [`${ruuid('device:Garage', '-')}.v0`] }),
  ];
  org.sensors = [
    sensor('doorbell', 'Doorbell', { hwVariation: 'BADGE_READER_DR40', lanAddresses: [], mediaRegion: 'us-west-2' }),
    sensor('door', 'Back Door', { hwVariation: 'SENSOR_DOOR_D20', status: 'CLOSED', batteryPercent: 91 }),
    sensor('climate', 'Cellar', {
      hwVariation: 'SENSOR_ENVIRONMENTAL_E2',
      temperatureCelcius: 17.5,
      humidity: 58,
      batteryPercent: 77,
    }),
    sensor('environmental', 'Attic', {
      hwVariation: 'GATEWAY_ENVIRONMENTAL_E50',
      tempC: 24,
      relHumid: 41,
      co2Ppm: 612,
    }),
    sensor('occupancy', 'Stairs', { hwVariation: 'SENSOR_MOTION_M15', status: 'VACANT', batteryPercent: 55 }),
    sensor('nvr', 'Recorder', { hwVariation: 'NVR_N100' }),
    sensor('relay-camera', 'Old Camera', {
      hwVariation: 'CAMERA_THIRD_PARTY_NVR',
      mediaStorageDeviceUuid: ruuid('device:Recorder'),
    }),
  ];
  return org;
}

function demoCameras(nowSec: number): Camera[] {
  const gap = { startSec: nowSec - 3000, durationSec: 90 };
  const holes = { ...makeCamera('', nowSec).recording, gaps: [gap] };
  const cloud = { ...makeCamera('', nowSec).recording, cloud: [{ startSec: nowSec - 7200, durationSec: 3600 }] };
  const shed = { locationUuid: ruuid('location:shed'), subLocationsHierarchyKey: ruuid('location:loft') };
  return [
    makeCamera('Front Door', nowSec),
    makeCamera('Garage', nowSec, {
      uuid: ruuid('device:Garage', '-'),
      hwVariation: 'CAMERA_R410',
      facets: ['v0', 'v1'],
    }),
    makeCamera('Garten/Süd 🌷', nowSec, { uuid: ruuid('device:Garden', '_'), recording: holes }),
    makeCamera('Offline', nowSec, {
      connectionStatus: 'RED',
      healthStatus: 'RED',
      healthStatusDetails: 'DISCONNECTED',
      recording: cloud,
    }),
    makeCamera('Gone', nowSec, { mummified: true, connectionStatus: 'RED' }),
    makeCamera('No LAN', nowSec, { lan: [], ...shed }),
    makeCamera('Two addresses', nowSec, { lan: ['refused', 'live'], ...shed }),
    makeCamera('…!?', nowSec, { policyUuid: ruuid('policy:silent') }),
    makeCamera('Twin 2', nowSec, { name: 'Front Door', ...shed }),
    makeCamera('Old Camera', nowSec, {
      hwVariation: 'CAMERA_THIRD_PARTY_NVR',
      mediaStorageDeviceUuid: ruuid('device:Recorder'),
    }),
  ];
}

function base(name: string): Organisation {
  const org = emptyOrganisation(ruuid(`org:${name}`), name);
  const loft = { uuid: ruuid('location:loft'), name: 'Loft' };
  org.locations = [
    { uuid: ruuid('location:house'), name: 'House', tz: 'America/Los_Angeles' },
    { uuid: ruuid('location:shed'), name: 'Shed', tz: 'Europe/Berlin', subLocations: [loft] },
  ];
  org.policies = [
    { uuid: ruuid('policy:motion'), name: 'Motion', activities: ['MOTION', 'MOTION_HUMAN', 'MOTION_CAR', 'TAMPER'] },
    { uuid: ruuid('policy:silent'), name: 'Nothing', activities: ['SOUND_LOUD'] },
  ];
  return org;
}
