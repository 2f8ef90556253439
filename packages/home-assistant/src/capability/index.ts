import type { CapabilityName } from '@porchlight/core';
import type { Mapping } from '../component.ts';
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

/** Every capability's mapping. */
export const mappings: Record<CapabilityName, Mapping> = {
  motion,
  alarm,
  switch: switchMapping,
  'power-cycle': powerCycle,
  connectivity,
  contact,
  battery,
  temperature,
  doorbell,
  camera,
  measurement,
  health,
};
