import { connect, type BusClient } from '@porchlight/bus';
import { brokerSchema } from '@porchlight/config-schemas';
import { parseConfig, PorchlightError, silentLog } from '@porchlight/core';
import { systemClock } from '@porchlight/core/node';
import { randomBytes } from 'node:crypto';

/** Longest wait for the broker, milliseconds. */
const connectMs = 5_000;

/** Looks on at the bus for the length of one command. Rejects with `bus.offline` when there is no broker. */
export async function withBus<T>(
  parts: { broker: unknown; stateFolder: string },
  use: (client: BusClient) => Promise<T>,
): Promise<T> {
  const checked = parseConfig(brokerSchema, parts.broker);
  if (!checked.ok)
    throw new PorchlightError('config.broker', checked.problems.map((text) => `broker.${text}`).join('\n'));
  const settings = checked.config;
  const common = { clock: systemClock, log: silentLog };
  const clientId = `porchlight-cli-${randomBytes(4).toString('hex')}`;
  const link = connect(settings, { ...common, clientId, folder: parts.stateFolder, looksOn: true });
  const { client } = link;
  const arrived = new AbortController();
  const stop = client.onConnection((connected) => connected && arrived.abort());
  link.connection.start();
  try {
    await systemClock.sleep(connectMs, arrived.signal).catch(() => undefined);
    stop();
    if (!client.connected)
      throw new PorchlightError('bus.offline', 'The MQTT broker does not answer. Is the host running?');
    return await use(client);
  } finally {
    await link.stop();
  }
}
