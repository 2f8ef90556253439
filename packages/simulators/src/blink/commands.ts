import type { Answer } from '../shared/http.ts';
import { type BlinkCamera, type Network, stamp } from './state.ts';

/** What a client asks a network to do. */
export interface Order {
  network: Network;
  word: string;
  camera?: BlinkCamera;
  /** Carried out when the order is done, unless it fails. */
  effect: () => void;
  /** @default the `durationMs` of all */
  durationMs?: number;
  /** Cameras that an order to the whole network passes on to. */
  children?: readonly BlinkCamera[];
}

export interface Command extends Order {
  id: number;
  createdAt: number;
  doneAt: number;
  failed: boolean;
  applied: boolean;
}

const stages = ['rest', 'cs_sent', 'sm', 'dev', 'vs'];
const notFound: Answer = { status: 404, body: { message: 'Command not found', code: 700 } };

/** Orders that the cloud relays: one at a time per network, their effect only when done. */
export class Commands {
  /** How long an order takes, in ms; Infinity never ends. */
  durationMs = 3000;
  /** How many of the next orders end in failure. */
  failNext = 0;
  readonly #now: () => number;
  readonly #commands = new Map<number, Command>();
  /** Those that are not carried out yet. */
  readonly #running = new Set<Command>();
  readonly #busyUntil = new Map<number, number>();
  #nextId = 9001;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Starts an order and answers in the short form of the cloud, or 409 while the network's module is busy. */
  start(order: Order): Answer {
    const command = this.open(order);
    return command ? { body: this.#announce(command) } : this.busyAnswer();
  }

  /** Starts an order; undefined while the network's module is busy. */
  open(order: Order): Command | undefined {
    this.settle();
    if (this.isBusy(order.network.id)) return undefined;
    const now = this.#now();
    const unreachable = order.camera?.online === false || (!order.network.syncless && !order.network.syncOnline);
    const failed = this.failNext > 0 || unreachable;
    if (this.failNext > 0) this.failNext -= 1;
    const id = this.#nextId;
    this.#nextId += 1 + (order.children?.length ?? 0);
    const doneAt = now + (order.durationMs ?? this.durationMs);
    const command = { ...order, id, createdAt: now, doneAt, failed, applied: false };
    this.#commands.set(id, command);
    this.#running.add(command);
    return command;
  }

  busyAnswer(): Answer {
    return { status: 409, body: { message: 'System is busy, please wait', code: 307 } };
  }

  /** Whether an order runs there, or something else keeps the module. */
  isBusy(networkId: number): boolean {
    if ((this.#busyUntil.get(networkId) ?? 0) > this.#now()) return true;
    return [...this.#running].some(({ network }) => network.id === networkId);
  }

  /** Keeps a network's module for other work, such as someone's app, so that orders are answered 409. */
  occupy(networkId: number, forMs: number): void {
    this.#busyUntil.set(networkId, this.#now() + forMs);
  }

  /** Carries out what is due by now. */
  settle(): void {
    for (const command of this.#running) {
      if (command.doneAt > this.#now()) continue;
      command.applied = true;
      this.#running.delete(command);
      if (!command.failed) command.effect();
    }
  }

  isComplete(id: number): boolean {
    this.settle();
    return this.#commands.get(id)?.applied === true;
  }

  poll(networkId: number, id: number): Answer {
    this.settle();
    const command = this.#commands.get(id);
    if (command?.network.id !== networkId) return notFound;
    const { applied, failed } = command;
    const status_code = applied && failed ? 909 : 908;
    const body = { complete: applied, status: 0, status_msg: 'Command succeeded', status_code, media_id: null };
    return { body: { ...body, commands: [this.#describe(command)] } };
  }

  /** The client needs no more of it: an order is done at once, a live view ends. */
  end(networkId: number, id: number): Answer {
    const command = this.#commands.get(id);
    if (command?.network.id !== networkId) return notFound;
    command.doneAt = Math.min(command.doneAt, this.#now());
    this.settle();
    return { body: { message: `Command ${id} set to :done`, code: 902 } };
  }

  #announce(command: Command): unknown {
    const { id, network, word, children = [] } = command;
    const running = children.map((camera, index) => ({
      id: id + index + 1,
      network_id: network.id,
      camera_id: camera.id,
      command: 'config_lfr',
      state: 'running',
    }));
    // The minis' answer is the short one.
    if (command.camera?.kind === 'owl') return { id, network_id: network.id, command: word, state: 'new' };
    return { id, network_id: network.id, command: word, state: 'new', ...this.#times(command), commands: running };
  }

  #describe(command: Command): unknown {
    const { id, network, camera, word, applied, createdAt, doneAt } = command;
    const share = applied ? 1 : Math.min(0.99, (this.#now() - createdAt) / Math.max(1, doneAt - createdAt));
    return {
      id,
      network_id: network.id,
      command: word,
      state_condition: applied ? 'done' : 'running',
      state_stage: stages[Math.floor(share * (stages.length - 1))],
      ...this.#times(command),
      camera_id: camera?.id ?? null,
      sync_module_id: network.syncless ? null : network.syncId,
      target: camera ? 'camera' : 'network',
      target_id: camera?.id ?? network.id,
    };
  }

  #times({ createdAt, doneAt, applied }: Command): Record<string, string> {
    const updated_at = stamp(applied ? Math.min(doneAt, this.#now()) : createdAt);
    return { created_at: stamp(createdAt), updated_at, execute_time: stamp(createdAt) };
  }
}
