import * as z from 'zod';
import { id } from './words.ts';

const presets = [
  'frigate-events',
  'frigate-reviews',
  'zigbee2mqtt',
  'tasmota',
  'home-assistant',
  'camera',
  'custom',
] as const;

/** Motion from another system on the same broker. */
export const inputSchema = z
  .object({
    preset: z.enum(presets).meta({
      title: 'System',
      description: 'Where the messages come from.',
      labels: {
        'frigate-events': 'Frigate: events',
        'frigate-reviews': 'Frigate: review items',
        zigbee2mqtt: 'zigbee2mqtt: occupancy',
        tasmota: 'Tasmota: motion',
        'home-assistant': 'Home Assistant: statestream',
        camera: 'Homebridge camera plugins: motion',
        custom: 'Any other',
      },
    }),
    topic: z.string().min(1).max(512).exactOptional().meta({
      title: 'Topic',
      description: 'Empty takes the usual one. May hold + and #.',
      placeholder: 'zigbee2mqtt/hall_sensor',
    }),
    path: z
      .string()
      .regex(/^[^.\s]+(\.[^.\s]+)*$/, 'must be names joined by dots, such as data.motion')
      .exactOptional()
      .meta({
        title: 'Field',
        description: 'Where in the JSON the value is. Empty: the whole payload.',
        placeholder: 'occupancy',
        showWhen: { key: 'preset', in: ['custom'] },
      }),
    equals: z
      .string()
      .exactOptional()
      .meta({
        title: 'Value',
        description: 'The value that means motion, such as true or ON.',
        placeholder: 'ON',
        showWhen: { key: 'preset', in: ['custom'] },
      }),
    device: id
      .exactOptional()
      .meta({ title: 'Device', description: 'Its name here. Empty takes it from the message.', advanced: true }),
    label: z
      .string()
      .min(1)
      .exactOptional()
      .meta({ title: 'Label', description: 'What it sees, for the rules.', placeholder: 'person', advanced: true }),
  })
  .check(({ value, issues }) => {
    const needsTopic = value.preset === 'custom' || value.preset === 'home-assistant';
    if (needsTopic && value.topic === undefined) {
      issues.push({
        code: 'custom',
        input: value,
        path: ['topic'],
        message: `is missing; the preset ${value.preset} has no usual topic`,
      });
    }
  });
