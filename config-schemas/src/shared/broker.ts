import * as z from 'zod';
import { secret } from './secret.ts';

const brokerUrl = z.string().check((context) => {
  const problem = urlProblem(context.value);
  if (problem) context.issues.push({ code: 'custom', input: context.value, message: problem });
});

const rootPattern = /^[A-Za-z0-9_-]+(\/[A-Za-z0-9_-]+)*$/;

/** How to reach the MQTT broker; the same block in every service. */
export const brokerSchema = z
  .object({
    url: brokerUrl.exactOptional().meta({
      title: 'Broker address',
      description: 'Leave empty to use the built-in broker. Home Assistant users: the address of Mosquitto.',
      placeholder: 'mqtt://192.168.1.10:1883',
    }),
    username: z
      .string()
      .max(256)
      .exactOptional()
      .meta({ title: 'User name', description: 'If the broker asks for one.' }),
    password: secret('Password', 'If the broker asks for one.').exactOptional(),
    caFile: z.string().exactOptional().meta({
      title: 'CA certificate file',
      description: 'PEM file of the authority that signed the certificate of the broker.',
      placeholder: '/etc/mosquitto/ca.pem',
      advanced: true,
    }),
    certFile: z.string().exactOptional().meta({
      title: 'Client certificate file',
      description: 'PEM file, when the broker asks for a client certificate.',
      advanced: true,
    }),
    keyFile: z
      .string()
      .exactOptional()
      .meta({ title: 'Client key file', description: 'PEM file with the key of that certificate.', advanced: true }),
    verifyCertificate: z.boolean().default(true).meta({
      title: 'Verify the certificate',
      description: 'Switch off only for a self-signed certificate on a network that you trust.',
      advanced: true,
    }),
    root: z
      .string()
      .regex(rootPattern, 'use letters, digits, - and _, in levels separated by /')
      .max(128)
      .default('porchlight')
      .meta({ title: 'Root topic', description: 'First level of all topics of this home.', advanced: true }),
    port: z.int().min(1).max(65_535).default(18_830).meta({
      title: 'Port of the built-in broker',
      description: 'Used on this machine only, when no broker address is given.',
      advanced: true,
    }),
    maxQueuedEvents: z.int().min(10).max(100_000).default(1000).meta({
      title: 'Events kept while the broker is away',
      description: 'They are stored on disk and delivered later; beyond this number the oldest are dropped.',
      advanced: true,
    }),
  })
  .check((context) => {
    const { certFile, keyFile } = context.value;
    if ((certFile === undefined) === (keyFile === undefined)) return;
    const missing = certFile === undefined ? 'certFile' : 'keyFile';
    context.issues.push({
      code: 'custom',
      input: context.value,
      path: [missing],
      message: 'is missing; a client certificate and its key go together',
    });
  })
  .prefault({})
  .meta({ title: 'MQTT broker', description: 'Where the services meet. The built-in broker needs no settings.' });

function urlProblem(text: string): string | undefined {
  const url = URL.parse(text);
  if (!url || !['mqtt:', 'mqtts:', 'ws:', 'wss:'].includes(url.protocol) || url.hostname === '') {
    return 'must look like mqtt://host:1883 (or mqtts://, ws://, wss://)';
  }
  if (url.username || url.password) return 'must not hold a user name or password; use the two fields for them';
  return undefined;
}
