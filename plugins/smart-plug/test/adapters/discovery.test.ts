import { expect, test } from '@jest/globals';
import { createCipheriv, createHash } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { until } from '@porchlight/core/testing';
import { startKasa, startTapo } from '@porchlight/simulators';
import type { FoundPlug } from '../../src/adapters/discovery/client.ts';
import { findKasa } from '../../src/adapters/discovery/kasa.ts';
import { findShelly, readPointers, writeQuestion } from '../../src/adapters/discovery/mdns.ts';
import { findTapo } from '../../src/adapters/discovery/tapo.ts';
import { findTuya, readAnnouncement } from '../../src/adapters/discovery/tuya.ts';
import { keep } from '../support/plugs.ts';

/** Something on the network that answers datagrams. */
async function answerer(answer: (message: Buffer) => Buffer): Promise<{ address: string; port: number }> {
  const socket = createSocket('udp4');
  keep({ close: () => new Promise((resolve) => socket.close(() => resolve(undefined))) });
  socket.on('message', (message, { port, address }) => socket.send(answer(message), port, address));
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return { address: '127.0.0.1', port: socket.address().port };
}

/** Looks until something has answered: a busy machine may be slow. */
async function look(search: () => Promise<FoundPlug[]>): Promise<FoundPlug[]> {
  let found: FoundPlug[] = [];
  await until(async () => {
    found = await search();
    return found.length > 0;
  });
  return found;
}

const here = (port: number) => ({ address: '127.0.0.1', port });

test('Kasa plugs answer a broadcast; nonsense is no plug', async () => {
  const { port } = keep(await startKasa());
  const expected = [{ type: 'kasa', name: 'TP-Link HS110(EU)', host: '127.0.0.1' }];
  expect(await look(() => findKasa(100, here(port)))).toEqual(expected);
  expect(await findKasa(100, await answerer(() => Buffer.from('hello')))).toEqual([]);
});

test('Tapo plugs, and Kasa plugs with new firmware, answer on a port of their own', async () => {
  const account = { username: 'me', password: 'secret' };
  const tapo = keep(await startTapo(account));
  const kasa = keep(await startTapo({ ...account, version: 1 }));
  const found = await Promise.all([tapo, kasa].map(({ port }) => look(() => findTapo(100, here(port)))));
  const host = '127.0.0.1';
  expect(found.flat()).toEqual([
    { type: 'tapo', name: 'TP-Link P110(EU)', host },
    { type: 'tapo', name: 'TP-Link HS110(EU)', host },
  ]);
  const head = Buffer.alloc(16);
  const bulb = '{"result":{"device_type":"SMART.TAPOBULB","device_model":"L530"}}';
  for (const text of [bulb, 'hello']) {
    expect(await findTapo(100, await answerer(() => Buffer.concat([head, Buffer.from(text)])))).toEqual([]);
  }
});

const service = '_shelly._tcp.local';

/** An answer as a plug gives it: the name of the service stands in the question and is pointed at. */
function mdnsAnswer(question: Buffer): Buffer {
  const head = Buffer.from([0, 0, 0x84, 0, 0, 1, 0, 1, 0, 0, 0, 0]);
  const name = Buffer.concat([Buffer.from([19]), Buffer.from('shellyplugsg3-a1b2c'), Buffer.from([0xc0, 12])]);
  const record = Buffer.from([0xc0, 12, 0, 12, 0, 1, 0, 0, 0, 120, 0, name.length]);
  return Buffer.concat([head, question.subarray(12), record, name]);
}

test('Shelly plugs answer a question for their service', async () => {
  const target = await answerer(mdnsAnswer);
  const expected = [{ type: 'shelly', name: 'shellyplugsg3-a1b2c', host: '127.0.0.1' }];
  expect(await look(() => findShelly(100, target))).toEqual(expected);
  expect(readPointers(mdnsAnswer(writeQuestion(service)), '_other._tcp.local')).toEqual([]);
});

test.each([
  ['empty', Buffer.alloc(0)],
  ['cut off', mdnsAnswer(writeQuestion(service)).subarray(0, 40)],
  ['a name that points at itself', Buffer.from([0, 0, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0xc0, 12])],
])('an answer that is %s is none', (_name, message) => {
  expect(readPointers(message, service)).toEqual([]);
});

const announcement = JSON.stringify({ ip: '192.168.1.30', gwId: 'bf12345678', active: 2, version: '3.3' });
const wrap = (body: Buffer): Buffer => Buffer.concat([Buffer.alloc(20), body, Buffer.alloc(8)]);

test('Tuya plugs announce themselves in the clear or with the key that all share', async () => {
  const key = createHash('md5').update('yGAdlopoPVldABfn').digest();
  const cipher = createCipheriv('aes-128-ecb', key, '');
  const hidden = wrap(Buffer.concat([cipher.update(announcement), cipher.final()]));
  for (const message of [wrap(Buffer.from(announcement)), hidden]) {
    expect(readAnnouncement(message)).toEqual({ ip: '192.168.1.30', gwId: 'bf12345678', version: '3.3' });
  }
  expect(readAnnouncement(Buffer.from('x'))).toBeUndefined();
  expect(await findTuya(50, [0])).toEqual([]);
});
