import { expect, test } from '@jest/globals';
import type { DeviceEvent } from '@porchlight/core';
import { buildContext } from '@porchlight/core/testing';
import { createInputs, type ForeignInput } from '../../src/adapters/inputs/client.ts';
import { readFixture } from '../support/fixtures.ts';

interface Message {
  topic: string;
  payload: string | Uint8Array;
  retain?: boolean;
}

function open(input: ForeignInput) {
  const context = buildContext();
  const events: DeviceEvent[] = [];
  const inputs = createInputs([input], context);
  inputs.start((event) => events.push(event));
  const receive = (messages: readonly Message[]): void => {
    for (const { topic, payload, retain = false } of messages) {
      context.bus.receive({ topic, payload: Buffer.from(payload), retained: retain });
    }
  };
  return { context, events, receive };
}

/** The motions that a stream of messages makes. */
function listen(input: ForeignInput, messages: readonly Message[]) {
  const { context, events, receive } = open(input);
  receive(messages);
  return {
    events,
    seen: events.map(({ service, device, label }) => [`${service}/${device}`, label]),
    log: context.log.lines,
  };
}

test('Frigate: each tracked object is one event, with its own time and label', () => {
  const { events, seen } = listen({ preset: 'frigate-events' }, readFixture('frigate'));
  expect(seen).toEqual([
    ['frigate/front-door', 'person'],
    ['frigate/garden', 'car'],
  ]);
  expect(events[0]).toMatchObject({
    id: 'frigate-1767225600.375477-mxklsc',
    occurredAt: 1_767_225_600_375.477,
    name: 'front_door',
    type: 'motion',
  });
});

test('Frigate: each review item is one event', () => {
  const { seen } = listen({ preset: 'frigate-reviews' }, readFixture('frigate'));
  expect(seen).toEqual([['frigate/front-door', 'person']]);
});

test('zigbee2mqtt: a motion is the change to occupied; what is retained or repeated is none', () => {
  const { seen } = listen({ preset: 'zigbee2mqtt' }, readFixture('zigbee2mqtt'));
  expect(seen.map(([device]) => device)).toEqual([
    'zigbee2mqtt/hall-sensor',
    'zigbee2mqtt/garage-presence',
    'zigbee2mqtt/hall-sensor',
  ]);
});

test.each<[string, ForeignInput, Message[], string[]]>([
  [
    'Tasmota: a PIR on a switch input',
    { preset: 'tasmota' },
    [
      { topic: 'stat/hall/RESULT', payload: '{"Switch1":{"Action":"ON"}}' },
      { topic: 'stat/hall/RESULT', payload: '{"Switch1":{"Action":"OFF"}}' },
      { topic: 'stat/hall/RESULT', payload: '{"POWER":"ON"}' },
    ],
    ['tasmota/hall'],
  ],
  [
    'Home Assistant: statestream',
    { preset: 'home-assistant', topic: 'ha/binary_sensor/+/state' },
    [
      { topic: 'ha/binary_sensor/porch_motion/state', payload: 'on' },
      { topic: 'ha/binary_sensor/porch_motion/state', payload: 'unavailable' },
      { topic: 'ha/binary_sensor/porch_motion/state', payload: 'off' },
    ],
    ['home-assistant/porch-motion'],
  ],
  [
    'camera plugins of Homebridge',
    { preset: 'camera' },
    [
      { topic: 'homebridge/motion', payload: 'Front Door' },
      { topic: 'homebridge/motion/reset', payload: 'Front Door' },
      { topic: 'homebridge/motion', payload: 'Front Door' },
    ],
    ['homebridge-camera/front-door', 'homebridge-camera/front-door'],
  ],
  [
    'anything else, by field and value',
    { preset: 'custom', topic: 'garden/pir', path: 'event.state', equals: 'true', device: 'pir', label: 'person' },
    [
      { topic: 'garden/pir', payload: '{"event":{"state":true}}' },
      { topic: 'garden/pir', payload: '{"event":{"state":false}}' },
      { topic: 'garden/pir', payload: '{"event":{}}' },
    ],
    ['mqtt/pir'],
  ],
])('%s', (_what, input, messages, devices) => {
  expect(listen(input, messages).seen.map(([device]) => device)).toEqual(devices);
});

test.each<[string, ForeignInput, Message]>([
  ['a camera plugin', { preset: 'camera' }, { topic: 'homebridge/motion', payload: 'Front Door' }],
  ['a topic of its own', { preset: 'custom', topic: 'garden/pir' }, { topic: 'garden/pir', payload: 'motion' }],
])('%s that never says when a motion ends is heard again after a minute', async (_what, input, message) => {
  const { context, events, receive } = open(input);
  receive([message, message]);
  await context.clock.advance(59_000);
  receive([message]);
  expect(events).toHaveLength(1);
  await context.clock.advance(1_000);
  receive([message]);
  expect(events).toHaveLength(2);
});

test('a window that stays open is one event, however long it is reported', async () => {
  const { context, events, receive } = open({ preset: 'custom', topic: 'window', path: 'contact', equals: 'false' });
  const [closed, opened] = ['true', 'false'].map((contact) => ({ topic: 'window', payload: `{"contact":${contact}}` }));
  receive([closed!, opened!]);
  await context.clock.advance(3_600_000);
  receive([opened!]);
  expect(events).toHaveLength(1);
});

test('a motion whose end was missed while the broker was away does not hide the next one', () => {
  const { context, events, receive } = open({ preset: 'zigbee2mqtt' });
  const occupied = { topic: 'zigbee2mqtt/hall', payload: '{"occupancy":true}' };
  receive([occupied]);
  context.bus.setConnected(false);
  context.bus.setConnected(true);
  receive([occupied]);
  expect(events).toHaveLength(2);
});

test('nonsense makes no event and at most one line', () => {
  const nonsense = [
    '{',
    'null',
    '[]',
    '{"after":null}',
    '{"after":{"id":5}}',
    '{"after":{"id":"x","camera":{},"start_time":"now"}}',
    new Uint8Array([0xff, 0xfe, 0x00]),
    new Uint8Array([0xff]),
    'x'.repeat(1_000_000),
  ].map((payload) => ({ topic: 'frigate/events', payload }));
  const { events, log } = listen({ preset: 'frigate-events' }, nonsense);
  expect(events).toEqual([]);
  expect(log).toHaveLength(1);
});
