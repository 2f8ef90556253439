import { Worker } from 'node:worker_threads';
import { brokenFilm } from '../../errors.ts';
import { isDiskError } from '../media/download.ts';
import type { Assembled, PieceOfFilm } from './growing-film.ts';

type Wish =
  | { type: 'create'; film: number; target: string; init: string; beginSec?: number }
  | { type: 'append'; film: number; piece: PieceOfFilm }
  | { type: 'finish' | 'abandon'; film: number };

export type WorkerRequest = Wish & { id: number };

export interface WorkerAnswer {
  id: number;
  result?: unknown;
  problem?: { message: string; code?: string; syscall?: string };
}

interface Waiting {
  resolve: (result: unknown) => void;
  reject: (error: unknown) => void;
}

/** A file in the making. Its calls take effect in order; a damaged piece rejects with `footage.broken-film`. */
export interface GrowingFilm {
  readonly init: string;
  append(piece: PieceOfFilm): Promise<void>;
  /** Resolves once the whole file is on the disk. */
  finish(): Promise<Assembled>;
  abandon(): Promise<void>;
}

/** Puts films together in a thread of its own, so that hashing does not hold up the network. */
export class Assembler {
  #worker: Worker | undefined;
  #waiting = new Map<number, Waiting>();
  #count = 0;

  /** Begins with the initialisation part. With `beginSec` (the first segment's) decode times are set to begin at 0. */
  async create(target: string, init: string, beginSec?: number): Promise<GrowingFilm> {
    this.#count += 1;
    const film = this.#count;
    await this.#ask({ type: 'create', film, target, init, ...(beginSec !== undefined && { beginSec }) });
    return {
      init,
      append: async (piece) => void (await this.#ask({ type: 'append', film, piece })),
      finish: async () => (await this.#ask({ type: 'finish', film })) as Assembled,
      abandon: async () => void (await this.#ask({ type: 'abandon', film }).catch(() => undefined)),
    };
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
    this.#worker = undefined;
  }

  #ask(wish: Wish): Promise<unknown> {
    const worker = (this.#worker ??= this.#start());
    this.#count += 1;
    const id = this.#count;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
      worker.postMessage({ ...wish, id } satisfies WorkerRequest);
    });
  }

  #start(): Worker {
    const file = import.meta.url.endsWith('.ts') ? './film-worker.ts' : './film-worker.js';
    const resourceLimits = { maxYoungGenerationSizeMb: 2 };
    const worker = new Worker(new URL(file, import.meta.url), { execArgv: [], resourceLimits });
    worker.on('message', ({ id, result, problem }: WorkerAnswer) => {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (problem) waiting?.reject(toError(problem));
      else waiting?.resolve(result);
    });
    worker.on('error', (error) => this.#failAll(error));
    return worker;
  }

  #failAll(error: unknown): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
    this.#worker = undefined;
  }
}

function toError(problem: NonNullable<WorkerAnswer['problem']>): Error {
  const error = Object.assign(new Error(problem.message), problem);
  return isDiskError(error) ? error : brokenFilm(problem.message);
}
