import * as z from 'zod';
import { deviceAddress } from './words.ts';

const wholeTopic = z
  .string()
  .min(1)
  .max(512)
  .regex(/^[^+#]*$/, 'must be one topic, without + or #');

/** A switch that goes on when it rings. */
export const switchSchema = z.object({
  device: deviceAddress.meta({
    title: 'Device',
    description: 'A switch of Porchlight, as service/device.',
    placeholder: 'usb-power/lamp',
  }),
  pattern: z
    .enum(['steady', 'flash'])
    .default('steady')
    .meta({ title: 'Pattern', description: 'What it does.', labels: { steady: 'On', flash: 'Flash' } }),
  flashes: z
    .int()
    .min(1)
    .max(3600)
    .default(30)
    .meta({ title: 'Flashes', description: 'Per cycle.', showWhen: { key: 'pattern', in: ['flash'] } }),
  onSeconds: z
    .number()
    .min(0.1)
    .max(60)
    .default(0.5)
    .meta({ title: 'On', description: 'Of each flash.', unit: 's', showWhen: { key: 'pattern', in: ['flash'] } }),
  offSeconds: z
    .number()
    .min(0.1)
    .max(60)
    .default(0.5)
    .meta({ title: 'Off', description: 'Of each flash.', unit: 's', showWhen: { key: 'pattern', in: ['flash'] } }),
});

/** An MQTT message of the owner. */
export const publishSchema = z.object({
  topic: wholeTopic.meta({ title: 'Topic', description: 'Any topic of yours.', placeholder: 'siren/set' }),
  payload: z.string().max(4096).default('').meta({ title: 'Payload', description: 'Sent as it is.' }),
  retain: z.boolean().default(false).meta({ title: 'Retain', description: 'The broker keeps the message.' }),
  on: z
    .enum(['triggered', 'cleared', 'armed', 'disarmed'])
    .default('triggered')
    .meta({
      title: 'When',
      description: 'What it goes with.',
      labels: { triggered: 'It rings', cleared: 'It stops ringing', armed: 'It is armed', disarmed: 'It is disarmed' },
    }),
});
