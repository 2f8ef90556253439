import { errorCode } from '@porchlight/core';
import { fromErrno, noEffect } from '../../errors.ts';
import type { PowerPort } from '../../ports.ts';
import type { Sysfs } from '../sysfs/client.ts';

const driverFolder = 'bus/usb/drivers/usb';
/** Already as wanted, or gone: reading back tells which. */
const settledCodes = new Set(['ENODEV', 'EBUSY']);

/**
 * Detaches a device from its driver and attaches it again. The socket keeps its 5 V: only a device with a USB chip
 * that goes dark when nobody drives it can be switched so.
 */
export class BindUnbind implements PowerPort {
  readonly #sysfs: Sysfs;
  readonly #device: string;

  constructor(sysfs: Sysfs, device: string) {
    this.#sysfs = sysfs;
    this.#device = device;
  }

  async read(): Promise<boolean> {
    const isBound = await this.#sysfs.isBound(this.#device);
    if (isBound === undefined) {
      throw fromErrno(`USB device ${this.#device}`, Object.assign(new Error('not connected'), { code: 'ENODEV' }));
    }
    return isBound;
  }

  async set(on: boolean): Promise<void> {
    if ((await this.read()) === on) return;
    try {
      await this.#sysfs.files.write(`${driverFolder}/${on ? 'bind' : 'unbind'}`, this.#device);
    } catch (error) {
      if (!settledCodes.has(errorCode(error) ?? '')) throw fromErrno(`USB device ${this.#device}`, error);
    }
    if ((await this.read()) !== on) throw noEffect(`USB device ${this.#device}`, on);
  }

  async close(): Promise<void> {
    // Nothing is held between two writes.
  }
}
