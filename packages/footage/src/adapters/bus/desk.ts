import { type Clock, describeError, type Bus, type Log, retry } from '@porchlight/core';
import { type FootageRequest, requestSchema } from '../../domain/footage-request.ts';
import { parseJson } from '../../domain/parse-json.ts';

const answerOrder = { firstMs: 1000, maxMs: 30_000, attempts: 5 };

export interface Answer {
  id: string;
  ok: boolean;
  /** One sentence. */
  problem?: string;
  [field: string]: unknown;
}

export interface DeskParts {
  bus: Bus;
  clock: Clock;
  log: Log;
  signal: AbortSignal;
}

/** Where requests come in and answers go out. No topics of the contract: they concern no capability of a device. */
export class RequestDesk {
  readonly #topic: string;
  readonly #parts: DeskParts;

  constructor(root: string, parts: DeskParts) {
    this.#topic = `${root}/footage/films/copy`;
    this.#parts = parts;
  }

  /** `onRequest` may return why a request is not taken. Returns the way to stop. */
  open(onRequest: (request: FootageRequest) => string | undefined): () => void {
    const { bus } = this.#parts;
    return bus.foreign.subscribe(`${this.#topic}/request`, ({ payload, retained }) => {
      if (retained) return;
      const raw = parseJson(Buffer.from(payload).toString());
      const { success, data, error } = requestSchema.safeParse(raw);
      const issue = error?.issues[0];
      const problem = success ? onRequest(data) : `${issue?.path.join('.') || 'the request'}: ${issue?.message}.`;
      if (problem !== undefined) this.#refuse(raw, problem);
    });
  }

  #refuse(raw: unknown, problem: string): void {
    const { log } = this.#parts;
    log.warn(`A request for footage was refused: ${problem}`);
    const id = typeof raw === 'object' && raw !== null && 'id' in raw ? raw.id : undefined;
    if (typeof id !== 'string') return;
    this.answer({ id, ok: false, problem }).catch((error: unknown) => log.warn(describeError(error)));
  }

  /** Resolves once the broker has it; rejects when that takes too long. */
  answer(answer: Answer): Promise<void> {
    const { bus, clock, signal } = this.#parts;
    const text = JSON.stringify(answer);
    return retry({ ...answerOrder, clock, signal }, () => bus.foreign.publish(`${this.#topic}/answer`, text));
  }
}
