import { expect, test } from '@jest/globals';
import { defineService, Devices, type ServiceConfig } from '@porchlight/core';
import { createCaptureLog, freePort, until } from '@porchlight/core/testing';
import * as z from 'zod';
import { runService } from '../src/index.ts';
import { brokerSettings, tempFolder } from './support/house.ts';

test('asked to stop while the service still starts, it stops at once', async () => {
  let hasBegun = false;
  const definition = defineService<ServiceConfig>({
    name: 'slow',
    version: '1.0.0',
    configSchema: z.custom<ServiceConfig>(),
    create: (_config, { clock, signal }) => ({
      devices: new Devices('slow'),
      async start() {
        hasBegun = true;
        await clock.sleep(60_000, signal).catch(() => undefined);
      },
      stop: () => Promise.resolve(),
    }),
  });
  const config = { broker: brokerSettings({ port: await freePort() }) };
  const folder = await tempFolder();
  const running = runService(definition, { config, log: createCaptureLog(), folder, host: 'one' });
  await until(() => hasBegun);
  const askedAt = performance.now();
  await running.stop();
  expect(performance.now() - askedAt).toBeLessThan(5_000);
}, 30_000);
