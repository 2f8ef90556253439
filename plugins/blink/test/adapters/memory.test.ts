import { afterEach, expect, jest, test } from '@jest/globals';
import { openHome } from '../support/account.ts';

// Simulated hours take seconds, and more on a machine with other work.
jest.setTimeout(60_000);

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

const play = openHome(open);

test('a disk that is full is told of once, and once when it has room again', async () => {
  const { blink, pass, context } = await play({ localStorage: 'off' });
  const { files } = context.storage;
  const set = files.set.bind(files);
  files.set = () => {
    throw new Error('no space left');
  };
  for (const camera of [4001, 4002, 5001]) {
    blink.scenario.trigger(camera);
    await pass(60_000);
  }
  files.set = set;
  blink.scenario.trigger(4001);
  await pass(60_000);
  expect(context.log.lines.slice(1)).toEqual([
    expect.stringMatching(/^warn: What was seen cannot be stored: no space left/),
    expect.stringMatching(/^info: What was seen can be stored again/),
  ]);
});
