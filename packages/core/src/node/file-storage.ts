import { appendFile, mkdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type * as z from 'zod';
import { describeError, errorCode } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Document, Journal, Storage } from '../storage.ts';
import { removeUnfinished, writeFileAtomic } from './atomic-file.ts';
import { createPictureFolder } from './picture-folder.ts';

/** Storage in one folder, made 0700 when missing. */
export function createFileStorage(folder: string, log: Log): Storage {
  let tidied: Promise<void> | undefined;
  const ready = async (): Promise<void> => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await (tidied ??= removeUnfinished(folder).catch(() => undefined));
  };
  const makeFolder = async (name: string): Promise<string> => {
    const path = join(folder, name);
    await mkdir(path, { recursive: true, mode: 0o700 });
    return path;
  };
  return {
    document: (name, schema, initial) =>
      createDocument({ path: join(folder, `${name}.json`), ready, log }, schema, initial),
    journal: (name) => createJournal({ path: join(folder, `${name}.jsonl`), ready, log }),
    folder: makeFolder,
    pictures: async () => createPictureFolder(await makeFolder('pictures')),
  };
}

interface FileContext {
  path: string;
  ready: () => Promise<void>;
  log: Log;
}

function createDocument<T>({ path, ready, log }: FileContext, schema: z.ZodType<T, unknown>, initial: T): Document<T> {
  const write = createLatestWriter<T>(async (value) => {
    await ready();
    await writeFileAtomic(path, `${JSON.stringify(schema.encode(value))}\n`);
  });
  return {
    write,
    async read() {
      const text = await readIfPresent(path);
      if (text === undefined) return initial;
      const result = parseJson(text, schema);
      if (result.ok) return result.value;
      const aside = `${path}.corrupt`;
      await rename(path, aside);
      log.warn(`The file ${path} could not be read (${result.problem}); it was set aside as ${aside}.`);
      return initial;
    },
  };
}

function parseJson<T>(
  text: string,
  schema: z.ZodType<T, unknown>,
): { ok: true; value: T } | { ok: false; problem: string } {
  try {
    const result = schema.safeParse(JSON.parse(text));
    if (result.success) return { ok: true, value: result.data };
    const issue = result.error.issues[0];
    return { ok: false, problem: `${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim() };
  } catch (error) {
    return { ok: false, problem: describeError(error) };
  }
}

/** One write at a time; while one runs, later values replace each other and share the next one's outcome. */
function createLatestWriter<T>(write: (value: T) => Promise<void>): (value: T) => Promise<void> {
  let running: Promise<void> | undefined;
  let next: { value: T; done: Promise<void> } | undefined;
  const start = (value: T): Promise<void> => {
    const current = write(value).finally(() => {
      if (running === current) running = undefined;
    });
    running = current;
    return current;
  };
  return (value) => {
    // First, because one that waits begins a moment after the running one ended, and must not be overtaken.
    if (next) {
      next.value = value;
      return next.done;
    }
    if (!running) return start(value);
    const queued = { value, done: Promise.resolve() };
    queued.done = running
      .catch(() => undefined)
      .then(() => {
        next = undefined;
        return start(queued.value);
      });
    next = queued;
    return queued.done;
  };
}

function createJournal({ path, ready }: FileContext): Journal {
  let tail: Promise<unknown> = Promise.resolve();
  let batch: { lines: string[]; done: Promise<void> } | undefined;
  let isWhole = false;
  const enqueue = <R>(task: () => Promise<R>): Promise<R> => {
    const result = tail.then(task);
    tail = result.catch(() => undefined);
    return result;
  };
  return {
    async lines() {
      const text = await enqueue(() => readIfPresent(path));
      return text ? text.split('\n').filter((line) => line !== '') : [];
    },
    append(line) {
      if (batch) {
        batch.lines.push(line);
        return batch.done;
      }
      const lines = [line];
      const done = enqueue(async () => {
        batch = undefined;
        await ready();
        // A crash or a full disk may have cut the last line off; what follows must not become part of it.
        const start = isWhole || !(await isCutOff(path)) ? '' : '\n';
        isWhole = false;
        await appendFile(path, `${start}${lines.join('\n')}\n`, { mode: 0o600 });
        isWhole = true;
      });
      batch = { lines, done };
      return done;
    },
    rewrite(lines) {
      return enqueue(async () => {
        await ready();
        await writeFileAtomic(path, lines.map((line) => `${line}\n`).join(''));
      });
    },
  };
}

async function isCutOff(path: string): Promise<boolean> {
  const text = await readIfPresent(path);
  return text !== undefined && text !== '' && !text.endsWith('\n');
}

async function readIfPresent(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
