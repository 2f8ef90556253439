import * as z from 'zod';

/** An id as it stands in topics, files and accessory contexts: `[a-z0-9-]`, at most 64, no dash at either end. */
export const idSchema = z
  .string()
  .max(64)
  .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, 'use lower-case letters, digits and dashes, not at either end');

/** Words that stand where a device id could stand in a topic. */
export const reservedDeviceIds: ReadonlySet<string> = new Set(['status', 'info', 'health']);

/** Turns any name or vendor id into an id: `Front Döör #2` becomes `front-door-2`. Empty input gives `unnamed`. */
export function toId(text: string): string {
  const id = text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 64)
    .replace(/^-+|-+$/g, '');
  return id || 'unnamed';
}
