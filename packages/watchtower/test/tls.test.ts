// requires: openssl
import { afterEach, expect, test } from '@jest/globals';
import { until } from '@porchlight/core/testing';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTcp } from 'node:net';
import { connect, type PeerCertificate, type TLSSocket } from 'node:tls';
import { WebSocket } from 'ws';
import { buildTower, type TestTower } from './support/tower.ts';

const folder = mkdtempSync(join(tmpdir(), 'porchlight-tls-'));
const tls = { certFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') };
let house: TestTower;
afterEach(() => house.stop());

function makeCertificate(name: string): void {
  const subject = ['-subj', `/CN=${name}`, '-days', '2', '-nodes'];
  const files = ['-keyout', tls.keyFile, '-out', tls.certFile];
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', ...subject, ...files],
    {
      stdio: 'ignore',
    },
  );
}

async function peerName(options: object = {}): Promise<string> {
  const socket: TLSSocket = connect({ port: house.tower.port, rejectUnauthorized: false, ...options });
  await once(socket, 'secureConnect');
  const certificate: PeerCertificate = socket.getPeerCertificate();
  socket.destroy();
  return String(certificate.subject.CN);
}

test('beats come through TLS; a renewed certificate is taken without a restart, a broken one is not', async () => {
  makeCertificate('first');
  house = await buildTower({ tls });
  const token = await house.add('sea');
  await house.check();
  const socket = new WebSocket(`wss://127.0.0.1:${house.tower.port}/beat`, {
    rejectUnauthorized: false,
    headers: { Authorization: `Bearer ${token}` },
  });
  await once(socket, 'open');
  socket.send('I am alive');
  await until(() => house.tower.counters.beats === 1);
  makeCertificate('second');
  utimesSync(tls.certFile, new Date(), new Date(Date.now() + 5_000));
  await house.check();
  expect(await peerName()).toBe('second');
  expect(socket.readyState).toBe(WebSocket.OPEN);
  execFileSync('sh', ['-c', `echo broken > ${tls.certFile}`]);
  utimesSync(tls.certFile, new Date(), new Date(Date.now() + 10_000));
  await house.check();
  expect(await peerName()).toBe('second');
  expect(house.log.lines.filter((line) => line.includes('certificate'))).toEqual([
    'info: The new certificate is in use.',
    expect.stringMatching(/^warn: The new certificate cannot be used; the old one stays/),
  ]);
  socket.terminate();
});

test('old versions of TLS and plain text are refused; who stops in the middle of the handshake is cut off', async () => {
  makeCertificate('first');
  house = await buildTower({ tls }, { patience: { headersMs: 500, requestMs: 1_000, lookMs: 100 } });
  await expect(peerName({ maxVersion: 'TLSv1.1', minVersion: 'TLSv1' })).rejects.toThrow();
  const closed = ['GET / HTTP/1.1\r\n\r\n', '\u0016\u0003\u0001'].map(async (bytes) => {
    const socket = connectTcp(house.tower.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(bytes);
    socket.resume();
    await once(socket, 'close');
  });
  await Promise.all(closed);
}, 15_000);

test('a certificate that cannot be read is said in one sentence', async () => {
  const missing = { certFile: join(folder, 'none.pem'), keyFile: tls.keyFile };
  await expect(buildTower({ tls: missing })).rejects.toMatchObject({ code: 'watchtower.tls' });
  house = await buildTower();
});
