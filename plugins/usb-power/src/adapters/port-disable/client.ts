import { splitPort } from '../../domain/port-id.ts';
import { fromErrno, noEffect } from '../../errors.ts';
import type { PowerPort } from '../../ports.ts';
import type { Sysfs } from '../sysfs/client.ts';

/** The kernel's switch of hub ports. Power is there as long as one of the ports has it. */
export class PortDisable implements PowerPort {
  readonly #sysfs: Sysfs;
  readonly #ports: readonly string[];
  readonly #where: string;

  constructor(sysfs: Sysfs, ports: readonly string[], where: string) {
    this.#sysfs = sysfs;
    this.#ports = ports;
    this.#where = where;
  }

  async read(): Promise<boolean> {
    const values = await Promise.all(this.#ports.map(async (port) => this.#sysfs.files.read(await this.#pathOf(port))));
    if (values.includes(undefined)) throw this.#gone();
    return values.includes('0');
  }

  async set(on: boolean): Promise<void> {
    // At once: a kernel may take a second for each, and a Raspberry Pi has eight for one lamp.
    const writes = await Promise.allSettled(this.#ports.map((port) => this.#write(port, on)));
    const failed = writes.find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') throw failed.reason;
    if ((await this.read()) !== on) throw noEffect(this.#where, on);
  }

  async close(): Promise<void> {
    // Nothing is held between two writes.
  }

  async #write(port: string, on: boolean): Promise<void> {
    try {
      await this.#sysfs.files.write(await this.#pathOf(port), on ? '0' : '1');
    } catch (error) {
      throw fromErrno(`USB port ${port}`, error);
    }
  }

  async #pathOf(port: string): Promise<string> {
    const place = splitPort(port);
    const path = place && (await this.#sysfs.switchPath(place));
    if (path === undefined) throw this.#gone();
    return path;
  }

  #gone(): Error {
    return fromErrno(this.#where, Object.assign(new Error('no such port'), { code: 'ENODEV' }));
  }
}
