import * as z from 'zod';

export const modes = ['home', 'away', 'night'] as const;
export const modeLabels = { home: 'Home', away: 'Away', night: 'Night', disarmed: 'Disarmed' };
export const id = z.string().regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, 'use lower-case letters, digits and dashes');
export const deviceAddress = z
  .string()
  .regex(/^[a-z0-9-]+\/[a-z0-9-]+$/, 'must be service/device, such as usb-power/lamp');
export const minutes = (fallback: number, title: string, description: string) =>
  z.number().min(0.1).max(1440).default(fallback).meta({ title, description, unit: 'minutes' });
export const seconds = (fallback: number, max: number, title: string, description: string) =>
  z.number().min(0).max(max).default(fallback).meta({ title, description, unit: 's' });
