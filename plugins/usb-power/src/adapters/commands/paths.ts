import { usbPowerSchema, type UsbPowerConfig } from '@porchlight/config-schemas';
import { parseConfig } from '@porchlight/core';
import * as z from 'zod';

export type CommandPaths = Pick<UsbPowerConfig, 'uhubctlPath' | 'sysfsFolder'>;

/** Where things are on this machine; looking must work while the lamps are not set up yet. */
export function readPaths(raw: unknown): CommandPaths {
  const { uhubctlPath, sysfsFolder } = usbPowerSchema.shape;
  const parsed = parseConfig(z.object({ uhubctlPath, sysfsFolder }), raw);
  return parsed.ok ? parsed.config : { uhubctlPath: 'uhubctl', sysfsFolder: '/sys' };
}
