import * as z from 'zod';
import { brokerSchema } from './shared/broker.ts';
import { secret } from './shared/secret.ts';

/** Rhombus footage on request: settings of the `footage` service in the host. */
export const footageSchema = z.object({
  apiKey: secret('API key', 'Of Rhombus; its role needs to view cameras, recorded video and audio gateways.')
    .exactOptional()
    .meta({ section: 'Rhombus' }),
  region: z.enum(['us', 'eu']).default('us').meta({ title: 'Region', description: 'Where the organisation lives.' }),
  output: z.string().min(1).max(1024).default('/srv/footage').meta({
    title: 'Folder',
    description: 'Where the films go.',
    section: 'Films',
  }),
  beforeSeconds: z.int().min(0).max(3600).default(30).meta({
    title: 'Before',
    description: 'Footage before the moment that is asked for.',
    unit: 's',
  }),
  afterSeconds: z.int().min(1).max(3600).default(60).meta({
    title: 'After',
    description: 'Footage after the moment that is asked for.',
    unit: 's',
  }),
  cameras: z.array(z.string().min(1).max(128)).max(200).default([]).meta({
    title: 'Cameras',
    description: 'Names or ids at Rhombus, for requests that name none. Empty: all.',
    placeholder: 'Front Door',
  }),
  keepDays: z.int().min(1).max(36_500).exactOptional().meta({
    title: 'Keep for days',
    description: 'Older films are deleted; empty: none are.',
  }),
  lanTrust: z.enum(['pin', 'verify', 'any']).default('pin').meta({
    title: 'Certificates of cameras',
    description: 'pin: remember the first one; verify: only signed ones; any: no check.',
    advanced: true,
  }),
  apiUrl: z.url().exactOptional().meta({
    title: 'API',
    description: 'Only for a proxy or a simulated organisation.',
    advanced: true,
  }),
  caFile: z.string().exactOptional().meta({
    title: 'CA certificate file',
    description: 'PEM file of one more authority to trust.',
    advanced: true,
  }),
  broker: brokerSchema,
});

export type FootageConfig = z.output<typeof footageSchema>;
