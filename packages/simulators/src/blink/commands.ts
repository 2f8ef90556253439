import type { Answer } from '../shared/http.ts';
import { stamp } from './state.ts';

interface Command {
  id: number;
  networkId: number;
  word: string;
  createdAt: number;
  doneAt: number;
  failed: boolean;
  effect: () => void;
  applied: boolean;
}

/** Orders that the cloud relays: one at a time per network, their effect only when done. */
export class Commands {
  /** How long an order takes, in ms; Infinity never ends. */
  durationMs = 3000;
  /** How many of the next orders end in failure. */
  failNext = 0;
  readonly #now: () => number;
  readonly #commands = new Map<number, Command>();
  #nextId = 9001;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Starts an order, or answers 409 while the network's module is busy. */
  start(networkId: number, word: string, effect: () => void): Answer {
    this.settle();
    const busy = [...this.#commands.values()].some((other) => other.networkId === networkId && !other.applied);
    if (busy) return { status: 409, body: { message: 'System is busy, please wait', code: 307 } };
    const now = this.#now();
    const failed = this.failNext > 0;
    if (failed) this.failNext -= 1;
    const id = this.#nextId;
    this.#nextId += 1;
    const doneAt = now + this.durationMs;
    this.#commands.set(id, { id, networkId, word, createdAt: now, doneAt, failed, effect, applied: false });
    return { body: { id, network_id: networkId, command: word, state: 'new', created_at: stamp(now) } };
  }

  /** Carries out what is due by now. */
  settle(): void {
    for (const command of this.#commands.values()) {
      if (command.applied || command.doneAt > this.#now()) continue;
      command.applied = true;
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
    if (command?.networkId !== networkId) return { status: 404, body: { message: 'Command not found', code: 700 } };
    const { applied, failed, word, createdAt } = command;
    const state = applied ? 'done' : 'running';
    const row = { id, network_id: networkId, command: word, state_condition: state, created_at: stamp(createdAt) };
    const status_code = applied && failed ? 909 : 908;
    const body = { complete: applied, status: 0, status_msg: 'Command succeeded', status_code, media_id: null };
    return { body: { ...body, commands: [row] } };
  }

  end(id: number): Answer {
    const command = this.#commands.get(id);
    if (!command) return { status: 404, body: { message: 'Command not found', code: 700 } };
    command.doneAt = Math.min(command.doneAt, this.#now());
    this.settle();
    return { body: { message: `Command ${id} set to :done`, code: 902 } };
  }
}
