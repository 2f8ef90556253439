import type { PolicyAlert } from './alerts.ts';
import type { Recording } from './recording.ts';
import type { Seekpoint } from './seekpoints.ts';
import { withoutFacet } from './ruuid.ts';

export type Status = 'GREEN' | 'YELLOW' | 'ORANGE' | 'RED';

/** Where one LAN address of a device leads: to it, to a closed port, to a peer that never answers, to a name without address. */
export type LanRoute = 'live' | 'refused' | 'silent' | 'unresolvable';

export interface ApiKey {
  key: string;
  kind: 'token' | 'certificate' | 'partner-token' | 'partner-certificate' | 'oauth';
  /** Without it the key gets no recorded-video URIs. Default true. */
  footage?: boolean;
}

export interface Location {
  uuid: string;
  name: string;
  /** IANA name. */
  tz: string;
  subLocations?: { uuid: string; name: string }[];
}

interface Device {
  uuid: string;
  name: string;
  locationUuid: string;
  connectionStatus: Status;
  healthStatus: Status;
  healthStatusDetails: string;
  firmwareVersion: string;
  serialNumber: string;
}

/** A device that records and serves its footage on the LAN and through the cloud. */
export interface MediaDevice extends Device {
  lan: LanRoute[];
  recording: Recording;
  mediaRegion: string;
  /** Added to the time stamps inside its segments. */
  clockSkewMs: number;
}

export interface Camera extends MediaDevice {
  hwVariation: string;
  facets: string[];
  policyUuid: string;
  subLocationsHierarchyKey?: string;
  /** Kept for its footage after the device has left. */
  mummified: boolean;
  /** The recorder of a third-party camera. */
  mediaStorageDeviceUuid?: string;
}

export interface Gateway extends MediaDevice {
  /** As on the wire: with or without a facet. */
  associatedCameras: string[];
}

export interface Sensor extends Device {
  kind: 'doorbell' | 'door' | 'climate' | 'environmental' | 'occupancy' | 'relay-camera' | 'nvr';
  /** Readings that only this kind has, as they are on the wire. */
  readings: Record<string, unknown>;
}

export interface Policy {
  uuid: string;
  name: string;
  activities: string[];
}

/** A video that the cloud renders on request. */
export interface Splice {
  clipUuid: string;
  deviceUuid: string;
  startSec: number;
  durationSec: number;
  requestedAt: number;
}

/** Everything an organisation has; changed by the scenario, read by the API. */
export interface Organisation {
  uuid: string;
  name: string;
  keys: ApiKey[];
  locations: Location[];
  cameras: Camera[];
  gateways: Gateway[];
  sensors: Sensor[];
  policies: Policy[];
  alerts: PolicyAlert[];
  seekpoints: Map<string, Seekpoint[]>;
  splices: Splice[];
}

/** An organisation without devices, with one API token and one certificate key. */
export function emptyOrganisation(uuid: string, name: string): Organisation {
  return {
    uuid,
    name,
    keys: [
      { key: 'simulated-api-token', kind: 'token' },
      { key: 'simulated-certificate-key', kind: 'certificate' },
    ],
    locations: [],
    cameras: [],
    gateways: [],
    sensors: [],
    policies: [],
    alerts: [],
    seekpoints: new Map(),
    splices: [],
  };
}

/** The camera or gateway of that uuid, with or without a facet. */
export function findMediaDevice(org: Organisation, uuid: string): Camera | Gateway | undefined {
  return findCamera(org, uuid) ?? findGateway(org, uuid);
}

export function findCamera(org: Organisation, uuid: string): Camera | undefined {
  return org.cameras.find((camera) => camera.uuid === withoutFacet(uuid));
}

export function findSensor(org: Organisation, uuid: string): Sensor | undefined {
  return org.sensors.find((sensor) => sensor.uuid === uuid);
}

export function findGateway(org: Organisation, uuid: string): Gateway | undefined {
  return org.gateways.find((gateway) => gateway.uuid === withoutFacet(uuid));
}
