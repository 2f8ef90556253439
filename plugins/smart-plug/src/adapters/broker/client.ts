import { PorchlightError, type BrokerSettings } from '@porchlight/core';
import mqtt, { type IClientOptions } from 'mqtt';
import { readFile } from 'node:fs/promises';
import type { PlugBus } from '../topics/client.ts';

/** A connection that whoever made it closes. */
export type OwnBus = PlugBus & { close(): Promise<void> };

const connectMs = 8_000;

/** A connection of its own, for commands that run beside the service. Only to a broker that has an address. */
export async function connectBroker(settings: BrokerSettings): Promise<OwnBus> {
  const { url } = settings;
  if (url === undefined) {
    const message = 'Plugs that are reached over MQTT need the address of the broker in the settings.';
    throw new PorchlightError('plug.broker', message, { retry: 'after-user' });
  }
  const client = await mqtt.connectAsync(url, await toOptions(settings), false).catch((cause: unknown) => {
    throw new PorchlightError('plug.broker', `The broker at ${new URL(url).host} cannot be reached.`, { cause });
  });
  return {
    get connected() {
      return client.connected;
    },
    onConnection(listener) {
      const onConnect = (): void => listener(true);
      client.on('connect', onConnect);
      return () => client.off('connect', onConnect);
    },
    foreign: {
      subscribe(filter, listener) {
        client.on('message', (topic, payload, { retain }) => {
          if (matches(filter, topic)) listener({ topic, payload, retained: retain });
        });
        client.subscribe(filter);
        return () => void client.unsubscribe(filter);
      },
      async publish(topic, payload, options) {
        const bytes = typeof payload === 'string' ? payload : Buffer.from(payload);
        await client.publishAsync(topic, bytes, { qos: 1, retain: options?.retain ?? false });
      },
    },
    close: () => client.endAsync(true),
  };
}

async function toOptions(settings: BrokerSettings): Promise<IClientOptions> {
  const { username, password, caFile, certFile, keyFile, verifyCertificate } = settings;
  return {
    connectTimeout: connectMs,
    reconnectPeriod: 1_000,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(caFile !== undefined && { ca: await readFile(caFile) }),
    ...(certFile !== undefined && { cert: await readFile(certFile) }),
    ...(keyFile !== undefined && { key: await readFile(keyFile) }),
    rejectUnauthorized: verifyCertificate,
  };
}

function matches(filter: string, topic: string): boolean {
  const levels = topic.split('/');
  const wanted = filter.split('/');
  if (wanted.length !== levels.length && wanted.at(-1) !== '#') return false;
  return wanted.every((level, index) => level === '#' || level === '+' || level === levels[index]);
}
