import { expect, test } from '@jest/globals';
import { until } from '@porchlight/core/testing';
import { Aedes } from 'aedes';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { brokerSettings, startObserver, tempFolder } from './support/house.ts';

test('a broker that refuses a subscription leaves us deaf for it: that is said', async () => {
  const broker = await Aedes.createBroker();
  broker.authorizeSubscribe = (_client, subscription, done) =>
    done(null, subscription.topic.startsWith('secret/') ? null : subscription);
  const server = createServer((socket) => void broker.handle(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const observer = startObserver(brokerSettings({ url: `mqtt://127.0.0.1:${port}` }), await tempFolder());
  try {
    observer.client.foreign.subscribe('open/topic', () => undefined);
    observer.client.foreign.subscribe('secret/topic', () => undefined);
    await until(() => observer.log.lines.some((line) => line.includes('secret/topic')));
    expect(observer.log.lines.filter((line) => line.includes('topic'))).toEqual([
      'warn: The MQTT broker refuses to send us secret/topic (Subscribe error: Unspecified error). May this user read it?',
    ]);
  } finally {
    await observer.stop();
    await new Promise<void>((resolve) => broker.close(() => resolve()));
    server.close();
  }
}, 30_000);
