import type { Tree } from './tree.ts';
import type { World } from './world.ts';

export interface KernelTroubles {
  /** Every write is refused so: EACCES without permission, EROFS in a container, EIO from a broken hub. */
  errno?: 'EACCES' | 'EROFS' | 'EIO';
  /** Writes succeed and change nothing. */
  isDeaf: boolean;
  /** Before 5.12 a second bind is ENODEV, since then EBUSY. */
  isBeforeBusy: boolean;
}

/** What the kernel makes of a write. */
export class Kernel {
  readonly troubles: KernelTroubles = { isDeaf: false, isBeforeBusy: false };
  /** Everything that was written, in order: `1-1.4 off`, `unbind 1-1.3`. */
  readonly writes: string[] = [];
  readonly #world: World;
  readonly #tree: Tree;

  constructor(world: World, tree: Tree) {
    this.#world = world;
    this.#tree = tree;
  }

  /** Throws an error with the errno as `code`, as a system call does. */
  write(path: string, text: string): void {
    const { errno, isDeaf } = this.troubles;
    if (errno !== undefined) throw failure(errno, path);
    const value = text.replace(/\n$/, '');
    const verb = /^bus\/usb\/drivers\/usb\/(bind|unbind)$/.exec(path)?.[1];
    if (verb !== undefined) {
      this.writes.push(`${verb} ${value}`);
      if (!isDeaf) this.#bind(value, verb === 'bind', path);
    } else this.#switch(path, value, isDeaf);
    this.#tree.sync(this.#world);
  }

  #switch(path: string, value: string, isDeaf: boolean): void {
    const port = this.#world.ports.find((one) => this.#tree.switchPath(one) === path);
    if (port === undefined) throw failure('ENOENT', path);
    const isOff = { '0': false, n: false, '1': true, y: true }[value];
    if (isOff === undefined) throw failure('EINVAL', path);
    this.writes.push(`${port} ${isOff ? 'off' : 'on'}`);
    if (!isDeaf) this.#world.setPort(port, !isOff);
    this.#tree.showSwitch(port, this.#world.isPortOn(port));
  }

  #bind(id: string, isBind: boolean, path: string): void {
    if (!this.#tree.ids().includes(id)) throw failure('ENODEV', path);
    const isBound = this.#world.isBound(id);
    if (isBind && isBound) throw failure(this.troubles.isBeforeBusy ? 'ENODEV' : 'EBUSY', path);
    if (!isBind && !isBound) throw failure('ENODEV', path);
    this.#world.setBound(id, isBind);
  }
}

export function failure(code: string, path: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: write '${path}'`), { code });
}
