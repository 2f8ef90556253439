import type { BrokerSettings, Clock, Log } from '@porchlight/core';
import { Connection } from './connection.ts';
import { createEmbeddedBroker } from './embedded-broker.ts';
import { describeRemoteBroker } from './endpoint.ts';

export interface ConnectOptions {
  clientId: string;
  durable?: boolean;
  clock: Clock;
  log: Log;
  /** Where the embedded broker's credentials are, when no broker is configured. */
  folder: string;
}

export interface Link {
  connection: Connection;
  stopBroker: () => Promise<void>;
}

const remoteBackoff = { firstMs: 500, maxMs: 30_000 };
/** Quick, because the next broker is whoever tries first: a take-over is done within 2 s. */
const embeddedBackoff = { firstMs: 200, maxMs: 1_000 };

/** A connection, not yet started, to the configured broker or to the machine's embedded one. */
export function connect(settings: BrokerSettings, options: ConnectOptions): Link {
  const { clientId, durable = false, clock, log, folder } = options;
  const { url, port } = settings;
  const base = { clientId, durable, clock, log };
  if (url !== undefined) {
    const prepare = () => describeRemoteBroker({ ...settings, url });
    return {
      connection: new Connection({ ...base, prepare, backoff: remoteBackoff }),
      stopBroker: () => Promise.resolve(),
    };
  }
  const broker = createEmbeddedBroker({ port, folder, log });
  const connection = new Connection({ ...base, prepare: () => broker.prepare(), backoff: embeddedBackoff });
  return { connection, stopBroker: () => broker.stop() };
}
