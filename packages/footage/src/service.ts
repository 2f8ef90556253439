import { footageSchema, type FootageConfig } from '@porchlight/config-schemas';
import { defineService, describeError, Devices, type Service, type ServiceContext } from '@porchlight/core';
import {
  type FootageRequest,
  onDone,
  onRequest,
  pendingSchema,
  requestSchema,
  type RequestState,
  toCommand,
} from './domain/footage-request.ts';
import { runProgram } from './program.ts';
import { version } from './version.ts';

export const service = defineService<FootageConfig>({
  name: 'footage',
  version,
  configSchema: footageSchema,
  durableEvents: true,
  create: (config, context) => new FootageService(config, context),
});

/** A window is left alone until so long after its end, seconds. */
const settledSec = 5;

/** Copies footage when the alarm rings, and when somebody on the bus asks for it. */
class FootageService implements Service {
  readonly devices = new Devices('footage');
  readonly #config: FootageConfig;
  readonly #context: ServiceContext;
  readonly #own = new AbortController();
  #state: RequestState = { pending: [], done: [] };
  #working = Promise.resolve();
  #ends: (() => void)[] = [];

  constructor(config: FootageConfig, context: ServiceContext) {
    this.#config = config;
    this.#context = context;
  }

  get #document() {
    return this.#context.storage.document('requests', pendingSchema, { pending: [], done: [] });
  }

  async start(): Promise<void> {
    const { bus } = this.#context;
    this.#state = await this.#document.read();
    for (const request of this.#state.pending) this.#enqueue(request);
    this.#ends.push(
      bus.foreign.subscribe(`${this.#root}/request`, ({ payload, retained }) => {
        if (!retained) this.#receive(payload);
      }),
    );
    if (!this.#config.onAlarm) return;
    this.#ends.push(
      bus.onEvent({ service: 'event-alarm', type: 'triggered' }, ({ id, occurredAt }) =>
        this.#take({ id: `alarm-${id}`.slice(0, 200), at: occurredAt }),
      ),
    );
  }

  async stop(): Promise<void> {
    for (const end of this.#ends.splice(0)) end();
    this.#own.abort(new Error('the service stops'));
    await this.#working;
  }

  get #root(): string {
    return `${this.#config.broker.root}/footage`;
  }

  #receive(payload: Uint8Array): void {
    const request = requestSchema.safeParse(parseJson(payload));
    if (request.success) return this.#take(request.data);
    this.#context.log.warn('A request for footage was not understood: it needs an id and a time (at), as JSON.');
  }

  #take(request: FootageRequest): void {
    const next = onRequest(this.#state, request);
    if (next === this.#state) return;
    this.#keep(next);
    this.#enqueue(request);
  }

  #keep(state: RequestState): void {
    this.#state = state;
    const stored = { pending: [...state.pending], done: [...state.done] };
    this.#document.write(stored).catch((error: unknown) => this.#context.log.error(describeError(error)));
  }

  // One after the other: they share a folder.
  #enqueue(request: FootageRequest): void {
    this.#working = this.#working
      .then(() => this.#carryOut(request))
      .catch((error: unknown) => {
        if (!this.#signal.aborted) this.#context.log.error(`Footage of ${request.id}: ${describeError(error)}`);
      });
  }

  get #signal(): AbortSignal {
    return AbortSignal.any([this.#context.signal, this.#own.signal]);
  }

  async #carryOut(request: FootageRequest): Promise<void> {
    const { clock, bus, log } = this.#context;
    const { words, endSec } = toCommand(request, this.#config);
    const signal = this.#signal;
    await clock.sleep(Math.max(0, (endSec + settledSec) * 1000 - clock.now()), signal);
    const films: unknown[] = [];
    const exitCode = await runProgram([...words, ...this.#places()], {
      out: (text) => films.push(...readFilms(text)),
      err: (text) => log.debug(text.trimEnd()),
      env: { RHOMBUS_API_KEY: this.#config.apiKey },
      clock,
      signal,
      columns: undefined,
    });
    // What was interrupted by a stop is done after the next start.
    if (signal.aborted) return;
    this.#keep(onDone(this.#state, request.id));
    log.info(`Footage of ${request.id}: ${films.length} films (${exitCode === 0 ? 'complete' : `code ${exitCode}`}).`);
    const answer = { id: request.id, ok: exitCode === 0, exitCode, folder: this.#config.output, films };
    await bus.foreign.publish(`${this.#root}/answer`, JSON.stringify(answer));
  }

  #places(): string[] {
    const { output, region, apiUrl, caFile, lanTrust, keepDays } = this.#config;
    return [
      '--json',
      `--output=${output}`,
      `--lan-trust=${lanTrust}`,
      apiUrl === undefined ? `--region=${region}` : `--api-url=${apiUrl}`,
      ...(caFile === undefined ? [] : [`--ca-file=${caFile}`]),
      ...(keepDays === undefined ? [] : [`--keep-days=${keepDays}`]),
    ];
  }
}

function parseJson(payload: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(payload).toString());
  } catch {
    return undefined;
  }
}

/** The films among the lines of --json. */
function readFilms(text: string): object[] {
  return text.split('\n').flatMap((line) => {
    if (!line.startsWith('{"at"') || !line.includes('"event":"film"')) return [];
    const { camera, file, result, gaps } = JSON.parse(line) as Record<string, unknown>;
    return [{ camera, file, result, gaps }];
  });
}
