import type * as z from 'zod';

/** A service's own folder. Each document and journal has one owner. */
export interface Storage {
  /** A JSON file, read through its schema. `initial` is used when there is none or the old one is unreadable. */
  document<T>(name: string, schema: z.ZodType<T, unknown>, initial: T): Document<T>;
  /** A file of lines for what is added often and read at start. */
  journal(name: string): Journal;
  /** An absolute path of a sub-folder for large files (clips, footage), made when missing. */
  folder(name: string): Promise<string>;
  /** The pictures of a service's cameras. */
  pictures(): Promise<PictureFolder>;
}

/** Pictures as files; the newest two hundred stay. */
export interface PictureFolder {
  /** Where a picture of that moment (epoch ms) is or will be. `name` may stand in a file's name. */
  pathOf(at: number, name: string): string;
  /** Writes a picture under its path, and resolves with where the newest of its camera always is. */
  save(path: string, camera: string, content: Uint8Array): Promise<string>;
}

export interface Document<T> {
  /** The stored value. A corrupt file is set aside, reported once and replaced by the initial value. */
  read(): Promise<T>;
  /** Replaces the value atomically; resolves once it is on the disk. Of writes that queue up only the last is done. */
  write(value: T): Promise<void>;
}

export interface Journal {
  lines(): Promise<string[]>;
  /** Appends; lines given in the same tick share one write. Resolves once they are in the file. */
  append(line: string): Promise<void>;
  /** Replaces all lines atomically. */
  rewrite(lines: readonly string[]): Promise<void>;
}
