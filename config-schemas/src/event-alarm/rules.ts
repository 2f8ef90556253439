import * as z from 'zod';
import { deviceAddress, id, minutes, modeLabels, modes } from './words.ts';

/** Which events count. */
export const sourcesSchema = z
  .object({
    services: z.array(id).default([]).meta({
      title: 'Services',
      item: 'service',
      description: 'Only events of these services count. Empty: all.',
      placeholder: 'blink',
    }),
    devices: z.array(deviceAddress).default([]).meta({
      title: 'Devices',
      item: 'device',
      description: 'Only events of these devices count. Empty: all.',
      placeholder: 'blink/front-door',
    }),
    labels: z.array(z.string().min(1)).default([]).meta({
      title: 'Labels',
      item: 'label',
      description: 'Only these kinds of motion count, where the camera tells them. Empty: all.',
      placeholder: 'person',
    }),
    types: z.array(id).min(1).default(['motion']).meta({
      title: 'Types',
      item: 'type',
      description: 'Motion only, unless you add others, such as doorbell.',
      advanced: true,
    }),
  })
  .prefault({})
  .meta({ title: 'What counts', description: 'Which events count.' });

export const threshold = z.int().min(1).max(1000);

/** One of several rules. */
export const ruleSchema = z.object({
  name: z.string().min(1).max(64).meta({ title: 'Name', description: 'Appears in messages.', placeholder: 'Garden' }),
  modes: z.array(z.enum(modes)).default([]).meta({
    title: 'Modes',
    description: 'The rule applies in these modes. Empty: in all.',
    labels: modeLabels,
  }),
  threshold: threshold.default(2).meta({ title: 'Events', description: 'This many ring the alarm …' }),
  windowMinutes: minutes(2, 'Within', '… when they happen within this time.'),
  minDistinctDevices: z.int().min(1).max(100).default(1).meta({
    title: 'Different devices',
    description: 'At least this many must have seen something.',
  }),
  sources: sourcesSchema,
});
