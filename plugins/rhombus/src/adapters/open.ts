import type { RhombusConfig } from '@porchlight/config-schemas';
import type { Clock, ServiceContext } from '@porchlight/core';
import type { Push } from '../ports.ts';
import { RhombusCloud, type CloudSettings } from './cloud/client.ts';
import { readCredentials } from './cloud/credentials.ts';
import { ChangeStream } from './stream/client.ts';
import type { WatchSettings } from './watch/client.ts';
import { WebhookListener } from './webhook/client.ts';

const hosts = {
  us: { api: 'https://api2.rhombussystems.com', stream: 'wss://ws.rhombussystems.com:8443/websocket' },
  eu: { api: 'https://api2.eu.rhombussystems.com', stream: 'wss://ws.eu.rhombussystems.com:8443/websocket' },
} as const;
const mediaHost = 'https://media.rhombussystems.com';
const gapCheckMs = 300_000;

export interface Ways {
  cloud: RhombusCloud;
  stream: Push | undefined;
  webhook: Push | undefined;
}

type Connection = Pick<RhombusConfig, 'certFile' | 'endpoints' | 'keyFile' | 'region' | 'requestsPerHour'>;

/** Where and how the organisation is asked. Throws a coded error when a certificate cannot be read. */
export function toCloudSettings(apiKey: string, config: Connection): CloudSettings {
  const { certFile, endpoints, keyFile, region, requestsPerHour } = config;
  const { caFile } = endpoints;
  const files = { ...(certFile && { certFile }), ...(keyFile && { keyFile }), ...(caFile && { caFile }) };
  return {
    apiUrl: (endpoints.api ?? hosts[region].api).replace(/\/+$/, ''),
    mediaUrl: (endpoints.media ?? mediaHost).replace(/\/+$/, ''),
    credentials: readCredentials(apiKey, files),
    requestsPerHour,
  };
}

/** The ways to the organisation that the configuration opens. Throws a coded error when a certificate cannot be read. */
export function openWays(apiKey: string, config: RhombusConfig, context: ServiceContext): Ways {
  const { endpoints, region, webhook } = config;
  const settings = toCloudSettings(apiKey, config);
  const { credentials } = settings;
  const cloud = new RhombusCloud(settings, context);
  const url = endpoints.stream ?? hosts[region].stream;
  const canStream = config.changeStream && credentials.canStream;
  const { enabled, secret, host, port } = webhook;
  const parts = { ...context, clock: clockOf(cloud, context.clock) };
  return {
    cloud,
    stream: canStream
      ? new ChangeStream({ url, credentials, organisation: () => cloud.organisation() }, parts)
      : undefined,
    webhook: enabled && secret !== undefined ? new WebhookListener({ host, port, secret }, parts) : undefined,
  };
}

/** The clock by which Rhombus dates what it tells; that of this machine may be wrong. */
function clockOf(cloud: RhombusCloud, clock: Clock): Clock {
  return {
    now: () => clock.now() + cloud.aheadMs,
    monotonic: () => clock.monotonic(),
    sleep: (ms, signal) => clock.sleep(ms, signal),
  };
}

export function toWatchSettings(config: RhombusConfig, firstLookMs: number): WatchSettings {
  const { pollSeconds, requestsPerHour, sensors, countMovements } = config;
  const pollMs = pollSeconds * 1000;
  return { pollMs, gapCheckMs, requestsPerHour, withSensors: sensors, countMovements, firstLookMs };
}
