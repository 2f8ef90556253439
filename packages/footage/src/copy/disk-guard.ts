import { type FilmLine, type ManifestLine } from '../domain/manifest.ts';
import { chooseRemovals, type KeepRules } from '../domain/retention.ts';
import { diskFull } from '../errors.ts';
import type { CopyParts } from './parts.ts';

/** The disk is looked at once in so many segments. */
const segmentsPerLook = 50;

type GuardParts = Pick<CopyParts, 'settings' | 'folder' | 'manifest' | 'screen' | 'clock'>;

/** Keeps the disk from filling up: deletes what retention says, and stops or rotates below the limit of free space. */
export class DiskGuard {
  readonly #parts: GuardParts;
  #untilLook = 0;
  #looking: Promise<void> | undefined;

  constructor(parts: GuardParts) {
    this.#parts = parts;
  }

  /** Deletes films that are too old or too much. */
  async retain(): Promise<void> {
    const { keepDays, keepBytes } = this.#parts.settings.disk;
    if (keepDays === undefined && keepBytes === undefined) return;
    await this.#remove({
      ...(keepDays !== undefined && { keepDays }),
      ...(keepBytes !== undefined && { keepBytes }),
    });
  }

  /** Rejects with `footage.disk-full` when there is too little space, and rotating does not help or is not wanted. */
  async check(): Promise<void> {
    this.#untilLook -= 1;
    if (this.#untilLook >= 0) return this.#looking;
    this.#untilLook = segmentsPerLook;
    this.#looking = this.#look();
    return this.#looking;
  }

  async #look(): Promise<void> {
    const { settings, folder } = this.#parts;
    const { minFreeBytes, whenFull, output } = settings.disk;
    const missingBytes = minFreeBytes - (await folder.freeBytes());
    if (missingBytes <= 0) return;
    if (whenFull === 'rotate') {
      await this.#remove({ missingBytes });
      if ((await folder.freeBytes()) >= minFreeBytes) return;
    }
    const free = Math.floor((minFreeBytes - missingBytes) / 1e6);
    throw diskFull(
      `${free} MB are left in ${output}, and ${Math.ceil(minFreeBytes / 1e6)} MB are to stay free (--min-free).`,
    );
  }

  async #remove(rules: KeepRules): Promise<void> {
    const { manifest, folder, clock, screen } = this.#parts;
    const films = [];
    for (const line of manifest.lines.values()) {
      if (!isFilm(line)) continue;
      const bytes = await folder.size(line.file);
      if (bytes !== undefined) films.push({ line, bytes });
    }
    for (const { film, reason } of chooseRemovals(films, rules, clock.now())) {
      const { name, file } = film.line;
      // Listed first: a film that is listed as removed is not copied again.
      await manifest.add({ v: 1, type: 'removed', at: clock.now(), name, reason });
      await folder.remove(file);
      screen.info(`Deleted ${file} (${reason}).`);
      screen.event({ event: 'deleted', file, reason });
    }
  }
}

function isFilm(line: ManifestLine): line is FilmLine {
  return line.type === 'film';
}
