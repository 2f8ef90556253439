import { afterEach, expect, test } from '@jest/globals';
import { until } from '@porchlight/core/testing';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startAlarm, type Alarm } from '../support/alarm.ts';

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

/** Somebody who is told, and the alarm that tells by a webhook. */
async function setUp() {
  const told: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => (body += String(part)));
    request.on('end', () => {
      told.push((JSON.parse(body) as { title: string }).title);
      response.end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  stops.push(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const config = { notifications: { channels: [{ type: 'webhook', url }] } };
  return { told, config, alarm: await startAlarm(config) };
}

/** Rings, by a motion whose picture is not there yet. */
async function ring(alarm: Alarm): Promise<void> {
  await alarm.setMode('away');
  alarm.motion();
  alarm.motion({ media: [{ kind: 'image', path: '/nowhere/picture.jpg' }] });
  await alarm.settle();
  expect(alarm.phase()).toBe('triggered');
}

test('stopped while it waits for a picture, it tells after the next start', async () => {
  const { told, config, alarm } = await setUp();
  await ring(alarm);
  alarm.context.abort();
  await alarm.service.stop();
  await startAlarm(config, alarm.context);
  await until(() => told.length > 0);
  expect(told).toEqual(['Alarm: alarm']);
});

test('killed while it waits for a picture, it tells after the next start, and never twice', async () => {
  const { told, config, alarm } = await setUp();
  await ring(alarm);
  const { files } = alarm.context.storage;
  const disk = new Map(files);
  alarm.context.abort();
  await alarm.service.stop();
  files.clear();
  for (const [name, text] of disk) files.set(name, text);
  const second = await startAlarm(config, alarm.context);
  // The file is looked for on the real disk in between.
  while (told.length === 0) await second.context.clock.advance(500);
  await until(() => second.context.storage.files.get('pending-alarms') === '{}');
  second.context.abort();
  await second.service.stop();
  const third = await startAlarm(config, second.context);
  await third.context.clock.advance(10_000);
  third.context.abort();
  await third.service.stop();
  expect(told).toEqual(['Alarm: alarm']);
});
