import { footageSchema, type FootageConfig } from '@porchlight/config-schemas';
import {
  defineService,
  describeError,
  type Device,
  Devices,
  type Service,
  type ServiceContext,
} from '@porchlight/core';
import { RequestDesk } from './adapters/bus/desk.ts';
import { type BusDevices, watchDevices } from './adapters/bus/devices.ts';
import { type FootageRequest, toCommands, windowOf } from './domain/footage-request.ts';
import { keyMissing } from './errors.ts';
import { RequestQueue } from './request-queue.ts';
import { mayBringMore, type RunReport, runWords } from './run-words.ts';
import { version } from './version.ts';

export const service = defineService<FootageConfig>({
  name: 'footage',
  version,
  configSchema: footageSchema,
  // What is asked for while this process restarts must not be lost.
  durableEvents: true,
  create: (config, context) => new FootageService(config, context),
});

/** A window is left alone until so long after its end, seconds. */
const settledSec = 5;

/** Copies footage when somebody on the bus asks for it: the alarm, or any other client. */
class FootageService implements Service {
  readonly devices = new Devices('footage');
  readonly #config: FootageConfig;
  readonly #context: ServiceContext;
  readonly #films: Device;
  readonly #own = new AbortController();
  readonly #signal: AbortSignal;
  readonly #desk: RequestDesk;
  readonly #queue: RequestQueue;
  #ends: (() => void)[] = [];
  #onBus: Pick<BusDevices, 'isUnknown' | 'nameOf'> = { nameOf: (camera) => camera, isUnknown: () => false };

  constructor(config: FootageConfig, context: ServiceContext) {
    this.#config = config;
    this.#context = context;
    this.#films = this.devices.add({ id: 'films', name: 'Footage', model: 'Footage copy', capabilities: {} });
    this.#signal = AbortSignal.any([context.signal, this.#own.signal]);
    const parts = { ...context, signal: this.#signal };
    this.#desk = new RequestDesk(config.broker.root, parts);
    this.#queue = new RequestQueue({
      ...parts,
      readyAt: (request) => (windowOf(request, config).endSec + settledSec) * 1000,
      carryOut: (request) => this.#carryOut(request),
    });
  }

  async start(): Promise<void> {
    if (this.#config.apiKey === undefined) {
      const problem = describeError(keyMissing('apiKey'));
      this.#context.log.error(problem);
      return this.#report(problem);
    }
    const onBus = watchDevices(this.#context.bus, this.#config.broker.root);
    this.#onBus = onBus;
    await this.#queue.open();
    this.#ends = [onBus.stop, this.#desk.open((request) => this.#queue.take(request))];
  }

  async stop(): Promise<void> {
    for (const end of this.#ends.splice(0)) end();
    this.#own.abort(new Error('the service stops'));
    await this.#queue.settle();
  }

  /** Resolves with whether a later try may bring more. */
  async #carryOut(request: FootageRequest): Promise<boolean> {
    const { log } = this.#context;
    const reports: RunReport[] = [];
    const isEarly = request.cameras?.some(this.#onBus.isUnknown) ?? false;
    for (const words of toCommands(request, this.#config, this.#onBus.nameOf)) reports.push(await this.#run(words));
    this.#signal.throwIfAborted();
    const films = reports.flatMap((report) => report.films);
    const exitCode = Math.max(...reports.map((report) => report.exitCode));
    const problem = reports.find((report) => report.problem !== undefined)?.problem;
    this.#report(problem);
    const copied = films.filter(({ file }) => file !== undefined).length;
    const rest =
      exitCode === 0 ? '' : ` of ${films.length}; ${problem ?? 'what is missing is in rhombus-footage.jsonl'}`;
    log.info(`Footage of ${request.id}: ${copied} films${rest}.`);
    const found = { exitCode, folder: this.#config.output, films, ...(problem !== undefined && { problem }) };
    await this.#desk.answer({ id: request.id, ok: exitCode === 0, ...found }).catch((error: unknown) => {
      this.#signal.throwIfAborted();
      log.warn(`The answer to ${request.id} could not be sent: ${describeError(error)}`);
    });
    return isEarly || reports.some(mayBringMore);
  }

  #run(words: readonly string[]): Promise<RunReport> {
    const { clock, log } = this.#context;
    const env = { RHOMBUS_API_KEY: this.#config.apiKey };
    const debug = (line: string): void => log.debug(line);
    return runWords([...words, ...placesOf(this.#config)], { env, clock, signal: this.#signal, debug });
  }

  /** On every face: what keeps films from being copied at all, until a run has come to its end again. */
  #report(problem: string | undefined): void {
    this.#films.update('health', problem === undefined ? { ok: true } : { ok: false, problem });
  }
}

function placesOf({ output, region, apiUrl, caFile, lanTrust, keepDays }: FootageConfig): string[] {
  return [
    `--output=${output}`,
    `--lan-trust=${lanTrust}`,
    apiUrl === undefined ? `--region=${region}` : `--api-url=${apiUrl}`,
    ...(caFile === undefined ? [] : [`--ca-file=${caFile}`]),
    ...(keepDays === undefined ? [] : [`--keep-days=${keepDays}`]),
  ];
}
