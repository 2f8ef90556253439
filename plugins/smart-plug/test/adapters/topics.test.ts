import { expect, test } from '@jest/globals';
import { buildContext, type FakeContext } from '@porchlight/core/testing';
import { openPlug } from '../../src/adapters/open.ts';
import { plugConfig, signal } from '../support/plugs.ts';

const topic = 'zigbee2mqtt/plug';

function open(raw: object = { type: 'zigbee2mqtt', device: 'plug' }) {
  const context = buildContext();
  const port = openPlug(plugConfig(raw), context);
  return { context, port };
}

function say({ bus }: FakeContext, path: string, payload: unknown, retained = false): void {
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
  bus.receive({ topic: path, payload: Buffer.from(text), retained });
}

test('without a connection to the broker it is certain that nothing was sent; it works again with it', async () => {
  const { context, port } = open();
  context.bus.setConnected(false);
  await expect(port.cut(10, signal())).rejects.toMatchObject({ code: 'plug.unreachable' });
  expect(context.bus.published).toEqual([]);
  context.bus.setConnected(true);
  const done = port.cut(10, signal());
  say(context, topic, { state: 'OFF' });
  await done;
});

test('at the start it waits for the broker', async () => {
  const { context, port } = open();
  context.bus.setConnected(false);
  const first = port.read(signal());
  await context.clock.advance(2000);
  context.bus.setConnected(true);
  await context.clock.advance(0);
  say(context, topic, { state: 'ON' });
  expect(await first).toEqual({ on: true });
  expect(context.clock.pending).toBe(0);
});

test('a plug that says nothing is uncertain after 5 s, and leaves nothing waiting', async () => {
  const { context, port } = open();
  const cut = port.cut(10, signal());
  cut.catch(() => undefined);
  await context.clock.advance(5000);
  await expect(cut).rejects.toMatchObject({ code: 'plug.unanswered' });
  expect(context.clock.pending).toBe(0);
});

test('a plug that is known to be offline is not told anything', async () => {
  const { context, port } = open();
  say(context, `${topic}/availability`, { state: 'offline' }, true);
  await expect(port.cut(10, signal())).rejects.toMatchObject({ code: 'plug.unreachable' });
  expect(context.bus.published).toEqual([]);
  say(context, `${topic}/availability`, 'online', true);
  const done = port.switch(true, signal());
  say(context, topic, { state: 'ON' });
  await done;
});

test('"on" is a plain "on": switching ends a countdown that runs', async () => {
  const { context, port } = open();
  const exposes = [{ type: 'switch', features: [] }, { property: 'countdown' }];
  say(context, 'zigbee2mqtt/bridge/devices', [{ friendly_name: 'plug', definition: { exposes } }], true);
  expect(port.grade).toBe('B');
  const done = port.switch(true, signal());
  say(context, topic, { state: 'ON' });
  await done;
  expect(context.bus.published.map(({ payload }) => payload)).toEqual(['{"state":"ON"}']);
});

test('an older answer does not count as obedience', async () => {
  const { context, port } = open();
  const cut = port.cut(10, signal());
  cut.catch(() => undefined);
  say(context, topic, { state: 'ON' });
  await context.clock.advance(5000);
  await expect(cut).rejects.toMatchObject({ code: 'plug.unanswered' });
});

test.each(['', 'nonsense', '{"state":3}', '[]', '{"battery":80}'])('%j is no state', async (payload) => {
  const { context, port } = open();
  const readings: unknown[] = [];
  port.onReading?.((reading) => readings.push(reading));
  say(context, topic, payload);
  say(context, 'zigbee2mqtt/bridge/devices', payload);
  expect(readings).toEqual([]);
  expect(port.grade).toBe('C');
});

test('a generic plug without a word of its state is not reachable; its last word counts', async () => {
  const { context, port } = open({
    type: 'mqtt',
    commandTopic: 'p/set',
    stateTopic: 'p/state',
    cyclePayload: 'C{seconds}',
    failSafe: true,
  });
  expect(port.grade).toBe('B');
  const early = port.read(signal());
  early.catch(() => undefined);
  await context.clock.advance(5000);
  await expect(early).rejects.toMatchObject({ code: 'plug.unreachable' });
  say(context, 'p/state', 'ON', true);
  expect(await port.read(signal())).toEqual({ on: true });
  const cut = port.cut(12, signal());
  say(context, 'p/state', 'OFF');
  await cut;
  expect(context.bus.published).toEqual([{ topic: 'p/set', payload: 'C12', retain: false }]);
});

test('a generic plug: what it said before a command does not tell how it is after it', async () => {
  const { context, port } = open({ type: 'mqtt', commandTopic: 'p/set', stateTopic: 'p/state' });
  say(context, 'p/state', 'ON', true);
  const cut = port.cut(12, signal());
  cut.catch(() => undefined);
  await context.clock.advance(5000);
  await expect(cut).rejects.toMatchObject({ code: 'plug.unanswered' });
  const reading = port.read(signal());
  reading.catch(() => undefined);
  await context.clock.advance(5000);
  await expect(reading).rejects.toMatchObject({ code: 'plug.unreachable' });
  say(context, 'p/state', 'ON');
  expect(await port.read(signal())).toEqual({ on: true });
});

test('a generic plug cannot be read without the broker, whatever it said before', async () => {
  const { context, port } = open({ type: 'mqtt', commandTopic: 'p/set', stateTopic: 'p/state' });
  say(context, 'p/state', 'ON', true);
  context.bus.setConnected(false);
  const reading = port.read(signal());
  reading.catch(() => undefined);
  await context.clock.advance(5000);
  await expect(reading).rejects.toMatchObject({ code: 'plug.unreachable' });
  // A command that was not sent changes nothing.
  await expect(port.cut(12, signal())).rejects.toMatchObject({ code: 'plug.unreachable' });
  context.bus.setConnected(true);
  expect(await port.read(signal())).toEqual({ on: true });
});

test('a generic plug that says nothing when it is told what it is already stays known', async () => {
  const { context, port } = open({ type: 'mqtt', commandTopic: 'p/set', stateTopic: 'p/state' });
  say(context, 'p/state', 'ON', true);
  const on = port.switch(true, signal());
  on.catch(() => undefined);
  await context.clock.advance(5000);
  await expect(on).rejects.toMatchObject({ code: 'plug.unanswered' });
  expect(await port.read(signal())).toEqual({ on: true });
});
