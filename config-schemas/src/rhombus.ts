import * as z from 'zod';
import { brokerSchema } from './shared/broker.ts';
import { secret } from './shared/secret.ts';

const labels = ['motion', 'person', 'vehicle', 'animal', 'face', 'plate'] as const;

const cameraSchema = z.object({
  camera: z.string().min(1).max(128).meta({
    title: 'Camera',
    description: 'Its name or its id at Rhombus; a sensor as well.',
    placeholder: 'Front Door',
  }),
  name: z.string().min(1).max(64).exactOptional().meta({ title: 'New name', description: 'Empty: as at Rhombus.' }),
  hide: z.boolean().default(false).meta({ title: 'Hide', description: 'Leave this one out.' }),
});

const webhookSchema = z
  .object({
    enabled: z.boolean().default(false).meta({
      title: 'Receive webhooks',
      description: 'Only where a tunnel or proxy of yours leads from the internet to this machine.',
    }),
    secret: secret(
      'Webhook secret',
      'As Rhombus shows it; messages that are not signed with it are refused.',
    ).exactOptional(),
    host: z.string().min(1).max(255).default('127.0.0.1').meta({
      title: 'Listen on',
      description: 'Address of this machine. 127.0.0.1: only what runs here can reach it.',
      advanced: true,
    }),
    port: z.int().min(0).max(65_535).default(18_835).meta({
      title: 'Port',
      description: 'Where it listens.',
      advanced: true,
    }),
  })
  .prefault({})
  .check(({ value, issues }) => {
    if (!value.enabled || value.secret !== undefined) return;
    issues.push({
      code: 'custom',
      input: value,
      path: ['secret'],
      message: 'is missing; copy it from the webhook in the Rhombus Console',
    });
  })
  .meta({ title: 'Webhooks', description: 'A second way for alerts to come at once.', section: 'How it learns' });

const endpointsSchema = z
  .object({
    api: z.url().exactOptional().meta({ title: 'API', description: 'Address of the API.', advanced: true }),
    stream: z.url().exactOptional().meta({
      title: 'Change stream',
      description: 'Address of the websocket.',
      advanced: true,
    }),
    media: z.url().exactOptional().meta({ title: 'Pictures', description: 'Address of the media.', advanced: true }),
    caFile: z.string().exactOptional().meta({
      title: 'CA certificate file',
      description: 'PEM file of the authority that signed their certificates.',
      advanced: true,
    }),
  })
  .prefault({})
  .meta({
    title: 'Addresses',
    description: 'Only for a proxy or a simulated organisation; empty: those of the region.',
    advanced: true,
  });

export const rhombusSchema = z
  .object({
    apiKey: secret(
      'API key',
      'Rhombus Console: Settings, Integrations, API Tokens. A role that may view cameras, sensors, locations and alerts is enough.',
    ).exactOptional(),
    region: z
      .enum(['us', 'eu'])
      .default('us')
      .meta({
        title: 'Region',
        description: 'Where your organisation lives; a key works in its own region only.',
        labels: { us: 'United States', eu: 'Europe' },
      }),
    certFile: z.string().exactOptional().meta({
      title: 'Client certificate file',
      description: 'PEM file, for a key of the kind Certificate.',
      advanced: true,
    }),
    keyFile: z.string().exactOptional().meta({
      title: 'Client key file',
      description: 'PEM file with the key of that certificate.',
      advanced: true,
    }),
    cameras: z.array(cameraSchema).max(500).default([]).meta({
      title: 'Cameras',
      description: 'Rename or hide cameras and sensors; those not listed are shown as they are.',
      section: 'Devices',
      item: 'camera',
    }),
    locations: z.array(z.string().min(1).max(200)).max(200).default([]).meta({
      title: 'Locations',
      description: 'Only devices of these locations, or parts of them. Empty: all.',
      section: 'Devices',
      item: 'location',
    }),
    onlyListed: z.boolean().default(false).meta({
      title: 'Only these cameras',
      description: 'Leave out every camera that is not listed.',
      section: 'Devices',
    }),
    sensors: z.boolean().default(true).meta({
      title: 'Sensors',
      description: 'Show door, climate and occupancy sensors too.',
      section: 'Devices',
    }),
    snapshots: z.boolean().default(true).meta({
      title: 'Snapshots',
      description: 'Fetch the picture of every alert, for the messages of the alarm.',
      section: 'Devices',
    }),
    labels: z
      .array(z.enum(labels))
      .min(1)
      .default([...labels])
      .meta({
        title: 'What counts as motion',
        description: 'Other activities of cameras are left out.',
        section: 'Devices',
        item: 'kind',
      }),
    motionSeconds: z.int().min(1).max(600).default(10).meta({
      title: 'Motion lasts at least',
      description: 'Longer when the alert is longer.',
      unit: 's',
      section: 'Devices',
      advanced: true,
    }),
    changeStream: z.boolean().default(true).meta({
      title: 'Change stream',
      description: 'Alerts come at once. Needs outgoing TCP 8443 and a key of the kind API token.',
      section: 'How it learns',
    }),
    webhook: webhookSchema,
    countMovements: z.boolean().default(false).meta({
      title: 'Count movements',
      description: 'Movements on the timelines count too, also without an alert policy.',
      section: 'How it learns',
    }),
    pollSeconds: z.int().min(5).max(3600).default(30).meta({
      title: 'Ask every',
      description: 'While the change stream does not run; it asks less often when the budget is short.',
      unit: 's',
      section: 'How it learns',
      advanced: true,
    }),
    requestsPerHour: z.int().min(60).max(36_000).default(1200).meta({
      title: 'Request budget',
      description: 'Never more calls than this in any hour. Rhombus limits all keys of an organisation together.',
      unit: 'per hour',
      section: 'How it learns',
      advanced: true,
    }),
    endpoints: endpointsSchema,
    broker: brokerSchema,
  })
  .check(({ value, issues }) => {
    if ((value.certFile === undefined) === (value.keyFile === undefined)) return;
    const missing = value.certFile === undefined ? 'certFile' : 'keyFile';
    issues.push({
      code: 'custom',
      input: value,
      path: [missing],
      message: 'is missing; a client certificate and its key go together',
    });
  });

export type RhombusConfig = z.output<typeof rhombusSchema>;
