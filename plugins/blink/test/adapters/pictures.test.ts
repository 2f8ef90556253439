import { afterEach, expect, jest, test } from '@jest/globals';
import { until } from '@porchlight/core/testing';
import { existsSync } from 'node:fs';
import { openHome } from '../support/account.ts';

// Simulated hours take seconds, and more on a machine with other work.
jest.setTimeout(60_000);

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

const play = openHome(open);

test('a picture that cannot be fetched now is fetched later', async () => {
  const { blink, service, pass } = await play({}, (cloud) => cloud.troubles.reset({ on: 'thumbnail.jpg' }));
  await pass(20_000);
  expect(service.devices.state('yard', 'camera')?.picture).toBeUndefined();
  blink.troubles.clear();
  await until(async () => {
    await pass(10_000);
    return existsSync(service.devices.state('yard', 'camera')?.picture ?? '');
  });
});
