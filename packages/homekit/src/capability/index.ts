import type { CapabilityName } from '@porchlight/core';
import type { Mapping } from '../mapping.ts';
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
import { switchMapping } from './switch.ts';
import { temperature } from './temperature.ts';

/** Every capability's mapping, in the order of importance: a device's first one bears the device's own name. */
export const mappings: Record<CapabilityName, Mapping> = {
  alarm,
  doorbell,
  motion,
  contact,
  switch: switchMapping,
  'power-cycle': powerCycle,
  connectivity,
  temperature,
  battery,
  camera,
  measurement,
  health,
};
