import { expect, test } from '@jest/globals';
import { capabilities, type CapabilityName } from '@porchlight/core';
import { commandSchema, stateSchema } from '../src/contract/payloads.ts';
import { topics } from '../src/contract/topics.ts';

const rows = Object.entries(topics);

test.each(rows)('%s: the example of the table is a payload of the contract, there and back', (_name, topic) => {
  const params = topic.example.params as never;
  const schema = topic.payload(params);
  const decoded = schema?.decode(topic.example.payload as never);
  expect(schema?.encode(decoded as never)).toEqual(topic.example.payload);
});

test.each(rows)('%s: a formatted topic is matched by its own row and falls under its own filter', (_name, topic) => {
  const params = topic.example.params as never;
  const name = topic.format('site/porchlight', params);
  expect(topic.match('site/porchlight', name)).toEqual(params);
  expect(topic.match('porchlight', name)).toBeUndefined();
});

test('no two rows claim the same topic', () => {
  for (const [name, topic] of rows) {
    const text = topic.format('porchlight', topic.example.params as never);
    const claimed = rows.filter(([, other]) => other.match('porchlight', text)).map(([other]) => other);
    expect(claimed).toEqual([name]);
  }
});

test.each(['a/b', 'a+', '#', ''])('refuses to publish to a level %j', (device) => {
  expect(() => topics.device.format('porchlight', { service: 'blink', device })).toThrow('cannot stand in a topic');
});

test('only states, descriptions, status and info are retained; commands and events never are', () => {
  const retained = rows.filter(([, { retain }]) => retain).map(([name]) => name);
  expect(retained).toEqual(['status', 'info', 'device', 'state']);
});

test('every capability has a state on the bus, and a command exactly when it takes one', () => {
  for (const name of Object.keys(capabilities) as CapabilityName[]) {
    expect(stateSchema(name)).toBeDefined();
    expect(commandSchema(name) !== undefined).toBe(capabilities[name].command !== undefined);
  }
  expect(stateSchema('teleport')).toBeUndefined();
});
