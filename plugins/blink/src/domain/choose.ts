import { isSameName } from './same-name.ts';

export interface Choice {
  camera: string;
  name?: string;
  hide: boolean;
}

/** The name under which a camera is shown; undefined when it is left out. An id wins over a name. */
export function chooseCamera(
  choices: readonly Choice[],
  onlyListed: boolean,
  { id, name }: { id: string; name: string },
): string | undefined {
  const choice = choices.find(({ camera }) => camera === id) ?? choices.find(({ camera }) => isSameName(camera, name));
  if (choice?.hide || (!choice && onlyListed)) return undefined;
  return choice?.name ?? name;
}

/** The cameras that the settings name and the account does not have. */
export function listUnknown(choices: readonly Choice[], cameras: readonly { id: string; name: string }[]): string[] {
  return choices
    .map(({ camera }) => camera)
    .filter((wanted) => !cameras.some(({ id, name }) => wanted === id || isSameName(wanted, name)));
}

/** Ids of ours by those of Blink: those given before stay, new ones are made of the name and are unique. */
export function giveIds(
  known: Readonly<Record<string, string>>,
  devices: readonly { key: string; wanted: string }[],
): Record<string, string> {
  const ids = { ...known };
  const taken = new Set(Object.values(ids));
  for (const { key, wanted } of devices) {
    if (Object.hasOwn(ids, key)) continue;
    let id = wanted;
    for (let number = 2; taken.has(id); number += 1) id = `${wanted.slice(0, 58)}-${number}`;
    taken.add(id);
    ids[key] = id;
  }
  return ids;
}

/** Which of the known devices to show, now that a list has come: one that is missing once may be there again. */
export function keepMissing<T extends { id: string }>(
  known: ReadonlyMap<string, { found: T; missed: number }>,
  list: readonly T[],
  { patience }: { patience: number },
): Map<string, { found: T; missed: number }> {
  const next = new Map(list.map((found) => [found.id, { found, missed: 0 }]));
  for (const [id, { found, missed }] of known) {
    if (!next.has(id) && missed + 1 < patience) next.set(id, { found, missed: missed + 1 });
  }
  return next;
}
