import type { FoundDevice } from './found-device.ts';

export interface Choice {
  camera: string;
  name?: string;
  hide: boolean;
}

export interface Choices {
  cameras: readonly Choice[];
  onlyListed: boolean;
  /** Names of locations or of parts of them; empty: all. */
  locations: readonly string[];
  sensors: boolean;
}

/** The devices that the owner wants to see, under the names that the owner gave them. */
export function chooseDevices(choices: Choices, found: readonly FoundDevice[]): FoundDevice[] {
  const places = new Set(choices.locations.map((name) => name.toLowerCase()));
  return found.flatMap((device) => {
    const isThere = [device.location, device.room].some((name) => places.has((name ?? '').toLowerCase()));
    if (places.size > 0 && !isThere) return [];
    const isCamera = device.kind === 'camera' || device.kind === 'doorbell';
    const name = isCamera
      ? chooseCamera(choices.cameras, choices.onlyListed, device)
      : choices.sensors
        ? chooseCamera(choices.cameras, false, device)
        : undefined;
    return name === undefined ? [] : [{ ...device, name }];
  });
}

/** The name under which a device is shown; undefined when it is left out. An id wins over a name. */
export function chooseCamera(
  choices: readonly Choice[],
  onlyListed: boolean,
  { uuid, name }: { uuid: string; name: string },
): string | undefined {
  const choice =
    choices.find(({ camera }) => camera === uuid) ??
    choices.find(({ camera }) => camera.toLowerCase() === name.toLowerCase());
  if (choice?.hide || (!choice && onlyListed)) return undefined;
  return choice?.name ?? name;
}

/** Ids for devices by their uuid: those given before stay, new ones are made of the name and are unique. */
export function giveIds(
  known: Readonly<Record<string, string>>,
  devices: readonly { uuid: string; wanted: string }[],
  reserved: ReadonlySet<string> = new Set(),
): Record<string, string> {
  const ids = { ...known };
  const taken = new Set([...Object.values(ids), ...reserved]);
  for (const { uuid, wanted } of devices) {
    if (Object.hasOwn(ids, uuid)) continue;
    let id = wanted;
    for (let number = 2; taken.has(id); number += 1) id = `${wanted.slice(0, 58)}-${number}`;
    taken.add(id);
    ids[uuid] = id;
  }
  return ids;
}
