import { expect, test } from '@jest/globals';
import { systemClock } from '@porchlight/core/node';
import { openChannels, type Channel, type ChannelConfig, type Notice } from '../src/index.ts';
import { openMail } from './support/servers.ts';

const createChannel = (config: ChannelConfig): Channel => openChannels([config], systemClock)[0]!;
const signal = new AbortController().signal;
const image = { name: 'front.jpg', type: 'image/jpeg', bytes: new Uint8Array([0xff, 0xd8, 0xff, 0xd9]) };
const alarm: Notice = {
  key: 'alarm-1',
  severity: 'alarm',
  title: 'House: alarm',
  text: '2 events (Hall, Garden)',
  images: [image],
};

const mailTo = (server: string, ...to: string[]): ChannelConfig => ({
  type: 'email',
  minSeverity: 'info',
  server,
  from: 'home@example.org',
  to,
});

test('e-mail: with the picture attached, to everybody', async () => {
  const server = await openMail();
  await createChannel(mailTo(server.url, 'a@example.org', 'b@example.org')).send(alarm, signal);
  expect(server.mails[0]).toMatch(/Subject: House: alarm/);
  expect(server.mails[0]).toMatch(/To: a@example\.org, b@example\.org/);
  expect(server.mails[0]).toMatch(/filename=front\.jpg/);
});

test.each([
  ['550 no such user', 'never'],
  ['451 try later', 'later'],
])('e-mail: %s is tried again %s', async (answer, retry) => {
  const server = await openMail({ sender: answer });
  await expect(createChannel(mailTo(server.url, 'a@example.org')).send(alarm, signal)).rejects.toMatchObject({ retry });
});

test('e-mail: a receiver that is refused keeps no other from the alarm, and is said', async () => {
  const server = await openMail({ receivers: { 'gone@example.org': '550 no such user' } });
  const email = createChannel(mailTo(server.url, 'gone@example.org', 'a@example.org'));
  await expect(email.send(alarm, signal)).rejects.toMatchObject({ retry: 'never', message: /refused 1 of 2/ });
  expect(server.mails).toHaveLength(1);
});

test('e-mail: a picture that is too large does not cost the text', async () => {
  const server = await openMail({ mails: ['552 message too large'] });
  await createChannel(mailTo(server.url, 'a@example.org')).send(alarm, signal);
  expect(server.mails.map((mail) => [mail.includes('front.jpg'), mail.includes('2 events')])).toEqual([
    [true, true],
    [false, true],
  ]);
});

test('a mail password is never sent without TLS', async () => {
  const server = await openMail();
  const config = { ...mailTo(server.url, 'a@b.org'), username: 'me', password: 'pw' };
  await expect(createChannel(config).send(alarm, signal)).rejects.toThrow();
  expect(server.mails).toEqual([]);
});
