import { smartPlugSchema } from '@porchlight/config-schemas';
import { parseConfig } from '@porchlight/core';
import { expect, test } from '@jest/globals';

const plug = (more: object = {}) => ({ type: 'shelly', name: 'Router', host: '192.168.1.20', ...more });
const problemsOf = (raw: object): string[] => {
  const parsed = parseConfig(smartPlugSchema, raw);
  return parsed.ok ? [] : parsed.problems;
};
const generic = { type: 'http', name: 'A', onUrl: 'http://a/1', offUrl: 'http://a/0', stateUrl: 'http://a' };

test('the shortest entry is kind, name and address', () => {
  const parsed = parseConfig(smartPlugSchema, { plugs: [plug()] });
  expect(parsed).toMatchObject({
    ok: true,
    warnings: [],
    config: { plugs: [{ offSeconds: 20, mayStayOff: false, allowUnproven: false, port: 80, channel: 0 }] },
  });
});

test('the blank entry of a form is none', () => {
  expect(parseConfig(smartPlugSchema, { plugs: [{ mayStayOff: false }], sequences: [{}] })).toMatchObject({
    ok: true,
    config: { plugs: [], sequences: [] },
  });
});

test.each<[string, object, RegExp]>([
  ['an unknown kind', { plugs: [plug({ type: 'hue' })] }, /^plugs\[0\].*known kinds/],
  ['no name', { plugs: [plug({ name: '' })] }, /^plugs\[0\]\.name: is missing/],
  ['an address with http://', { plugs: [plug({ host: 'http://192.168.1.20/' })] }, /without http/],
  ['two of one name', { plugs: [plug(), plug({ name: 'router!' })] }, /^plugs\[1\]\.name: is used twice/],
  ['a reserved word', { plugs: [plug({ name: 'Status' })] }, /^plugs\[0\]\.name: is a word/],
  [
    'a sequence of the name of a plug',
    { plugs: [plug()], sequences: [{ name: 'Router', steps: [{ plug: 'Router' }] }] },
    /^sequences\[0\]\.name: is used twice/,
  ],
  [
    'a step without its plug',
    { plugs: [plug()], sequences: [{ name: 'All', steps: [{ plug: 'Modem' }] }] },
    /^sequences\[0\]\.steps\[0\]\.plug: is not the name/,
  ],
  ['too short a time', { plugs: [plug({ offSeconds: 1 })] }, /offSeconds: must be at least 3/],
  ['a broken expression', { plugs: [{ ...generic, stateOn: '/(/' }] }, /stateOn.*regular expression/],
  ['a wrong key length', { plugs: [plug({ type: 'tuya', deviceId: 'bf123456', localKey: 'short' })] }, /localKey/],
  ['a topic with a wildcard', { plugs: [{ type: 'zigbee2mqtt', name: 'A', device: 'a/#' }] }, /without \+ or #/],
  ['a HomeKit id that is none', { plugs: [plug({ type: 'homekit', deviceId: 'eve' })] }, /1A:2B/],
])('%s is said with its place', (_name, raw, expected) => {
  expect(problemsOf(raw).join('\n')).toMatch(expected);
});
