import { expect, test } from '@jest/globals';
import type { Alert } from '../../src/domain/alert.ts';
import { createMomentText, toMessages as toMessagesAt, type Message } from '../../src/domain/message.ts';
import { t0 } from '../support/homes.ts';

const berlin = createMomentText('Europe/Berlin');
const toMessages = (alerts: readonly Alert[], channels: readonly string[]): Message[] =>
  toMessagesAt(alerts, channels, berlin);

const home = (id: string, channels: string[] = [], said = '') => ({ id, name: `Home ${id}`, channels, said });
const down = (id: string, channels?: string[]): Alert => ({
  kind: 'down',
  home: home(id, channels, 'online'),
  since: t0,
  silentMs: 63_000,
});

test.each<[Alert, object]>([
  [
    down('sea'),
    {
      key: `down-sea-${t0}`,
      severity: 'alarm',
      title: 'Home sea is silent',
      text: 'No sign of life for 63 s, the last at 1 Jan, 01:00 CET. It last said: online.',
    },
  ],
  [
    { kind: 'reminder', home: home('sea'), since: t0, silentMs: 400_000, count: 2 },
    {
      key: `reminder-sea-${t0}-2`,
      severity: 'warning',
      title: 'Home sea is still silent',
      text: 'No sign of life for 7 min, since 1 Jan, 01:00 CET.',
    },
  ],
  [
    { kind: 'recovered', home: home('sea'), since: t0, downMs: 7_500_000 },
    {
      severity: 'warning',
      title: 'Home sea is back',
      text: 'It was silent for 2 h 5 min, since 1 Jan, 01:00 CET.',
    },
  ],
  [
    { kind: 'isolated', since: t0, homes: 3 },
    {
      severity: 'alarm',
      title: 'The watchtower lost its network',
      text: 'All 3 homes fell silent in the same seconds, at 1 Jan, 01:00 CET. Until one is heard again, no home is watched.',
    },
  ],
  [
    { kind: 'rejoined', since: t0, isolatedMs: 60_000 },
    { severity: 'warning', title: 'The watchtower hears again' },
  ],
])('words for %j', (alert, words) => {
  expect(toMessages([alert], ['phone'])).toMatchObject([{ channel: 'phone', ...words }]);
});

test('each home tells its own channels; one whose channels are gone tells all; all are told of the watchtower itself', () => {
  const alerts = [
    down('a', ['x']),
    down('b', ['y']),
    down('c'),
    down('d', ['gone']),
    { kind: 'isolated', since: t0, homes: 4 },
  ];
  const told = toMessages(alerts as Alert[], ['x', 'y']).map(({ channel, title }) => `${channel}: ${title}`);
  expect(told).toEqual([
    'x: The watchtower lost its network',
    'x: Home a is silent',
    'x: Home c is silent',
    'x: Home d is silent',
    'y: The watchtower lost its network',
    'y: Home b is silent',
    'y: Home c is silent',
    'y: Home d is silent',
  ]);
});

test('many homes at once are one message that names twenty of them', () => {
  const many = Array.from({ length: 30 }, (_, index) => down(`h${index}`));
  const [message, ...rest] = toMessages(many, ['phone']);
  expect(rest).toEqual([]);
  expect(message).toMatchObject({ severity: 'alarm', title: '30 homes are silent' });
  expect(message!.text).toMatch(/^Home h0, Home h1, .*Home h19 … and 10 more$/);
  expect(toMessages(many.slice(0, 5), ['phone'])).toHaveLength(5);
});
