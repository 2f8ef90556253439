import { afterEach, expect, jest, test } from '@jest/globals';
import { openHome } from '../support/account.ts';

// Simulated hours take seconds, and more on a machine with other work.
jest.setTimeout(60_000);

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

const play = openHome(open);

test('a camera of the settings that the account does not have is named once', async () => {
  const { pass, context } = await play({ onlyListed: true, cameras: [{ camera: 'Yrad' }, { camera: '4002' }] });
  await pass(200_000);
  expect(context.log.lines.filter((line) => line.includes('Yrad'))).toEqual([
    expect.stringMatching(/^warn: .*"Yrad".*Yard, Garage/),
  ]);
});

test('a list in which nothing stands is no reason to forget every camera', async () => {
  const { blink, service, events, pass } = await play({ localStorage: 'off' });
  const before = service.devices.list().length;
  const empty = { networks: [], sync_modules: [], cameras: [], owls: [], doorbells: [] };
  blink.troubles.change((body) => ({ ...(body as object), ...empty }), { on: 'homescreen' });
  await pass(300_000);
  expect(service.devices.list()).toHaveLength(before);
  blink.scenario.trigger(4001);
  await pass(60_000);
  expect(events).toMatchObject([{ device: 'yard', type: 'motion' }]);
});
