import type { BrokerSettings, Clock, Log } from '@porchlight/core';
import { BusClient } from './bus-client.ts';
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
  /** Never becomes the built-in broker itself: who only looks on must not found a house. */
  looksOn?: boolean;
}

export interface Link {
  readonly connection: Connection;
  readonly client: BusClient;
  /** Ends the connection, and the built-in broker where this link serves it. */
  stop(): Promise<void>;
}

const remoteBackoff = { firstMs: 500, maxMs: 30_000 };
/** Quick, because the next broker is whoever tries first: a take-over is done within 2 s. */
const embeddedBackoff = { firstMs: 200, maxMs: 1_000 };

/** A connection, not yet started, to the configured broker or to the machine's embedded one. */
export function connect(settings: BrokerSettings, options: ConnectOptions): Link {
  const { clientId, durable = false, clock, log, folder, looksOn = false } = options;
  const { url, port, root } = settings;
  const base = { clientId, durable, clock, log };
  const toLink = (connection: Connection, stopBroker = async (): Promise<void> => {}): Link => ({
    connection,
    client: new BusClient({ connection, root, clock, log }),
    async stop() {
      await connection.stop();
      await stopBroker();
    },
  });
  if (url !== undefined) {
    const prepare = () => describeRemoteBroker({ ...settings, url });
    return toLink(new Connection({ ...base, prepare, backoff: remoteBackoff }));
  }
  const broker = createEmbeddedBroker({ port, folder, log, looksOn });
  const connection = new Connection({ ...base, prepare: () => broker.prepare(), backoff: embeddedBackoff });
  return toLink(connection, () => broker.stop());
}
