export interface Choice {
  camera: string;
  name?: string;
  hide: boolean;
}

/** The name under which a camera is shown; undefined when it is left out. An id wins over a name. */
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
): Record<string, string> {
  const ids = { ...known };
  const taken = new Set(Object.values(ids));
  for (const { uuid, wanted } of devices) {
    if (Object.hasOwn(ids, uuid)) continue;
    let id = wanted;
    for (let number = 2; taken.has(id); number += 1) id = `${wanted.slice(0, 58)}-${number}`;
    taken.add(id);
    ids[uuid] = id;
  }
  return ids;
}
