import type * as z from 'zod';
import { alarm } from './alarm.ts';
import { battery } from './battery.ts';
import { camera } from './camera.ts';
import { connectivity } from './connectivity.ts';
import { contact } from './contact.ts';
import { doorbell } from './doorbell.ts';
import { health } from './health.ts';
import { measurement } from './measurement.ts';
import { motion } from './motion.ts';
import { powerCycle } from './power-cycle.ts';
import { switchCapability } from './switch.ts';
import { temperature } from './temperature.ts';

/** Every capability there is, by name. Each face maps each of them in a file of the same name. */
export const capabilities = {
  motion,
  alarm,
  switch: switchCapability,
  'power-cycle': powerCycle,
  connectivity,
  contact,
  battery,
  temperature,
  doorbell,
  camera,
  measurement,
  health,
} as const;

export type CapabilityName = keyof typeof capabilities;
export type StateOf<N extends CapabilityName> = z.output<(typeof capabilities)[N]['state']>;
export type OptionsOf<N extends CapabilityName> = z.output<(typeof capabilities)[N]['options']>;

/** The capabilities that take commands. */
export type CommandableName = 'alarm' | 'switch' | 'power-cycle' | 'camera';
export type CommandOf<N extends CommandableName> = z.output<NonNullable<(typeof capabilities)[N]['command']>>;

export const capabilityNames = Object.keys(capabilities) as CapabilityName[];

export function isCapabilityName(name: string): name is CapabilityName {
  return Object.hasOwn(capabilities, name);
}

export { alarmModeSchema, alarmPhaseSchema, armedModes } from './alarm.ts';
export type { AlarmMode, AlarmPhase, ArmedMode } from './alarm.ts';
export type { Capability } from './define.ts';
