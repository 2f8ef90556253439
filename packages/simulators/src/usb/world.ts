import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { placeOf, portOf, type Board, type DeviceSpec } from './spec.ts';

/**
 * What is true of the hardware. Each port that is off has a file: the fake programs switch ports too, several at a time,
 * and none may undo what another does.
 */
export class World {
  readonly board: Board;
  readonly #offFolder: string;
  readonly #plugged = new Map<string, DeviceSpec>();
  readonly #unbound = new Set<string>();
  /** Hubs that are not there at the moment. */
  readonly #away = new Set<string>();

  constructor(board: Board, offFolder: string) {
    this.board = board;
    this.#offFolder = offFolder;
    mkdirSync(offFolder, { recursive: true });
  }

  get ports(): string[] {
    return this.presentHubs.flatMap(({ id, ports }) =>
      Array.from({ length: ports }, (_, index) => portOf(id, index + 1)),
    );
  }

  get presentHubs(): Board['hubs'] {
    return this.board.hubs.filter(
      ({ id }) => ![...this.#away].some((away) => id === away || id.startsWith(`${away}.`)),
    );
  }

  plug(port: string, device: DeviceSpec): void {
    this.#plugged.set(port, device);
  }

  unplug(port: string): void {
    this.#plugged.delete(port);
  }

  /** A hub leaves or comes back; as real ones do, it comes back with all its ports on. */
  setHub(id: string, isPresent: boolean): void {
    if (!isPresent) return void this.#away.add(id);
    this.#away.delete(id);
    for (const port of this.ports) if (placeOf(port).hub === id) this.#setPower(port, true);
  }

  isPortOn(port: string): boolean {
    return !existsSync(this.#fileOf(port));
  }

  setPort(port: string, on: boolean): void {
    this.#setPower(port, on);
    // A device that loses its port comes back as new.
    if (!on) this.#unbound.delete(port);
  }

  /** Whether a lamp in this socket is lit: there are 5 V. */
  isLit(port: string): boolean {
    const { gang, hubs, twins } = this.board;
    if (gang?.sockets.includes(port)) return gang.switches.some((one) => this.isPortOn(one));
    const spec = hubs.find(({ id }) => id === placeOf(port).hub);
    if (!spec || !spec.isHonest || spec.says === 'nops') return true;
    const sides = twins.find((both) => both.includes(port)) ?? [port];
    if (spec.says === 'ppps') return sides.some((side) => this.isPortOn(side));
    return Array.from({ length: spec.ports }, (_, index) => portOf(spec.id, index + 1)).some((one) =>
      this.isPortOn(one),
    );
  }

  /** Devices that the computer can see. */
  get enumerated(): [string, DeviceSpec][] {
    return [...this.#plugged].filter(([port]) => this.ports.includes(port) && this.isPortOn(port));
  }

  isBound(id: string): boolean {
    return !this.#unbound.has(id);
  }

  setBound(id: string, isBound: boolean): void {
    if (isBound) this.#unbound.delete(id);
    else this.#unbound.add(id);
  }

  #setPower(port: string, on: boolean): void {
    if (on) rmSync(this.#fileOf(port), { force: true });
    else writeFileSync(this.#fileOf(port), '');
  }

  #fileOf(port: string): string {
    return join(this.#offFolder, port);
  }
}
