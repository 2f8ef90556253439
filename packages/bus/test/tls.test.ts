// requires: mosquitto openssl
import { afterEach, expect, test } from '@jest/globals';
import { until } from '@porchlight/core/testing';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brokerSettings, observe, runLamp, tempFolder } from './support/house.ts';
import { startMosquitto } from './support/mosquitto.ts';

const run = promisify(execFile);
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});

test('TLS with a client certificate; a wrong authority is refused', async () => {
  const folder = await tempFolder();
  const openssl = (...args: string[]) => run('openssl', args, { cwd: folder });
  const authority = '-x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2';
  await openssl('req', ...authority.split(' '), '-subj', '/CN=Test CA');
  for (const name of ['server', 'client']) {
    const request = `-newkey rsa:2048 -nodes -keyout ${name}.key -out ${name}.csr -subj /CN=${name}`;
    await openssl('req', ...request.split(' '), '-addext', 'subjectAltName=IP:127.0.0.1');
    const signing = `-in ${name}.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out ${name}.pem -days 2`;
    await openssl('x509', '-req', ...signing.split(' '), '-copy_extensions', 'copy');
  }
  const files = Object.fromEntries(
    await Promise.all(
      ['ca.pem', 'server.pem', 'server.key'].map(async (name) => [name, await readFile(join(folder, name), 'utf8')]),
    ),
  ) as Record<string, string>;
  const mosquitto = await startMosquitto(
    [
      'cafile %d/ca.pem',
      'certfile %d/server.pem',
      'keyfile %d/server.key',
      'require_certificate true',
      'use_identity_as_username true',
      'allow_anonymous false',
    ],
    files,
  );
  stops.push(() => mosquitto.stop());
  const url = mosquitto.url.replace('mqtt:', 'mqtts:');
  const paths = {
    caFile: join(folder, 'ca.pem'),
    certFile: join(folder, 'client.pem'),
    keyFile: join(folder, 'client.key'),
  };
  const good = await observe(brokerSettings({ url, ...paths }), folder);
  stops.push(() => good.stop());
  expect(good.client.connected).toBe(true);
  const { certFile, keyFile } = paths;
  const bad = runLamp({ settings: brokerSettings({ url, certFile, keyFile }), folder, host: 'bad' });
  stops.push(() => bad.run.stop());
  await until(() => bad.log.lines.some((line) => line.includes('cannot be reached')));
}, 30_000);
