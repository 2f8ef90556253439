/** A camera or an audio gateway as far as copying needs it. */
export interface MediaDevice {
  kind: 'camera' | 'gateway';
  uuid: string;
  name: string;
  serial?: string;
  locationUuid?: string;
  isOnline: boolean;
  /** Private addresses, in the order of its LAN addresses for footage. */
  lanAddresses: string[];
}

export interface Camera extends MediaDevice {
  kind: 'camera';
  /** Kept for its footage after it left. */
  isGone: boolean;
}

export interface Gateway extends MediaDevice {
  kind: 'gateway';
  /** Without the name of a stream. */
  cameras: string[];
}

export interface Place {
  uuid: string;
  name: string;
  /** UUIDs of the places in it. */
  parts: string[];
}

export interface Organisation {
  cameras: Camera[];
  gateways: Gateway[];
  places: Place[];
}

/** Which cameras are wanted. Every kind that is given restricts; within a kind any one suffices. */
export interface Choice {
  cameraUuid?: string;
  locationUuid?: string;
  /** Names or UUIDs; of cameras also serial numbers. */
  cameras: readonly string[];
  locations: readonly string[];
}

export type Chosen = { ok: true; cameras: Camera[]; locationUuids?: string[] } | { ok: false; problem: string };

/** The cameras of a choice; a name that nothing has is a problem that names what there is. */
export function chooseCameras({ cameras, places }: Organisation, choice: Choice): Chosen {
  const strange = choice.cameras.find((wanted) => !cameras.some((camera) => isCalled(camera, wanted)));
  if (strange !== undefined) return { ok: false, problem: unknown('camera', strange, cameras) };
  const nowhere = choice.locations.find((wanted) => !places.some((place) => isCalled(place, wanted)));
  if (nowhere !== undefined) return { ok: false, problem: unknown('location', nowhere, places) };
  const named = places.filter((place) => choice.locations.some((wanted) => isCalled(place, wanted)));
  const locationUuids = named.flatMap(({ uuid, parts }) => [uuid, ...parts]);
  const isWanted = (camera: Camera): boolean =>
    (choice.cameraUuid === undefined || camera.uuid === withoutFacet(choice.cameraUuid)) &&
    (choice.locationUuid === undefined || camera.locationUuid === choice.locationUuid) &&
    (choice.cameras.length === 0 || choice.cameras.some((wanted) => isCalled(camera, wanted))) &&
    (choice.locations.length === 0 || locationUuids.includes(camera.locationUuid ?? ''));
  const all = choice.locationUuid === undefined ? locationUuids : [choice.locationUuid];
  return { ok: true, cameras: cameras.filter(isWanted), ...(all.length > 0 && { locationUuids: all }) };
}

function isCalled({ uuid, serial, name }: { uuid: string; serial?: string; name: string }, wanted: string): boolean {
  return (
    uuid === withoutFacet(wanted) || serial === wanted || name.trim().toLowerCase() === wanted.trim().toLowerCase()
  );
}

function unknown(kind: string, wanted: string, known: readonly { name: string }[]): string {
  const names = [...new Set(known.map(({ name }) => `"${name}"`))].slice(0, 20).join(', ');
  return `there is no ${kind} "${wanted}"; there are ${names || 'none'}`;
}

/** The gateway that hears for a camera; as in the original, the last one listed. One that is not connected comes last. */
export function gatewayOf(camera: Camera, gateways: readonly Gateway[]): Gateway | undefined {
  const own = gateways.filter(({ cameras }) => cameras.includes(camera.uuid));
  return own.findLast(({ isOnline }) => isOnline) ?? own.at(-1);
}

/** A device's uuid without the name of one of its streams (`UUID.v0`). */
export function withoutFacet(uuid: string): string {
  return uuid.replace(/\.[va]\d+$/, '');
}
