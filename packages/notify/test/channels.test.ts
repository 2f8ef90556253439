import { expect, test } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { systemClock } from '@porchlight/core/node';
import { openChannels, type Channel, type ChannelConfig, type Notice } from '../src/index.ts';
import { open, type Received } from './support/servers.ts';

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
const minSeverity = 'info' as const;
const token = '123456789:AAabcdefghijklmnopqrstuvwxyz012345678';

const configs: Record<string, (url: string) => ChannelConfig> = {
  telegram: (apiUrl) => ({ type: 'telegram', minSeverity, token, chatIds: ['1', '2'], apiUrl }),
  ntfy: (server) => ({ type: 'ntfy', minSeverity, server, topic: 'house', token: 'tk_secret' }),
  pushover: (apiUrl) => ({ type: 'pushover', minSeverity, token: 'app-secret', user: 'user-secret', apiUrl }),
  webhook: (url) => ({ type: 'webhook', minSeverity, url: `${url}/hook?key=url-secret`, secret: 'sign-secret' }),
  twilio: (apiUrl) => ({
    type: 'twilio',
    minSeverity,
    accountSid: `AC${'0'.repeat(32)}`,
    authToken: 'auth-secret',
    from: '+14155550100',
    to: ['+14155550101'],
    sms: true,
    call: true,
    apiUrl,
  }),
};
const secrets = /AAabcdef|tk_secret|app-secret|user-secret|url-secret|sign-secret|auth-secret/;

test('Telegram: text, or the picture with the text, to each chat', async () => {
  const server = await open();
  const telegram = createChannel(configs['telegram']!(server.url));
  await telegram.send({ ...alarm, images: [] }, signal);
  await telegram.send({ ...alarm, key: 'alarm-2' }, signal);
  expect(server.received.map(({ path }) => path.split('/').at(-1))).toEqual([
    'sendMessage',
    'sendMessage',
    'sendPhoto',
    'sendPhoto',
  ]);
  expect(JSON.parse(server.received[0]!.body.toString())).toMatchObject({
    chat_id: '1',
    text: 'House: alarm\n2 events (Hall, Garden)',
  });
  expect(server.received[2]!.body.includes(Buffer.from(image.bytes))).toBe(true);
});

test('Telegram: a chat that has it does not get it again when the next one failed', async () => {
  const server = await open();
  server.answers = [
    { status: 200, body: '{"ok":true,"result":{}}' },
    {
      status: 429,
      body: '{"ok":false,"error_code":429,"description":"Too Many Requests","parameters":{"retry_after":7}}',
    },
    { status: 200, body: '{"ok":true,"result":{}}' },
  ];
  const telegram = createChannel(configs['telegram']!(server.url));
  const notice = { ...alarm, images: [] };
  await expect(telegram.send(notice, signal)).rejects.toMatchObject({ retry: 'later', retryAfterMs: 7_000 });
  await telegram.send(notice, signal);
  expect(server.received.map(({ body }) => (JSON.parse(body.toString()) as { chat_id: string }).chat_id)).toEqual([
    '1',
    '2',
    '2',
  ]);
});

test('ntfy: urgent for an alarm, with the picture after it', async () => {
  const server = await open();
  await createChannel(configs['ntfy']!(server.url)).send(alarm, signal);
  const [message, picture] = server.received;
  expect(JSON.parse(message!.body.toString())).toMatchObject({ topic: 'house', title: 'House: alarm', priority: 5 });
  expect(message!.headers.authorization).toBe('Bearer tk_secret');
  expect([picture!.path, picture!.headers['filename'], picture!.body.length]).toEqual(['/house', 'front.jpg', 4]);
});

test('Pushover: an alarm is repeated until somebody has seen it', async () => {
  const server = await open();
  await createChannel(configs['pushover']!(server.url)).send(alarm, signal);
  const body = server.received[0]!.body.toString('latin1');
  for (const part of [
    'name="priority"\r\n\r\n2',
    'name="retry"\r\n\r\n60',
    'name="expire"\r\n\r\n1800',
    'filename="front.jpg"',
  ]) {
    expect(body).toContain(part);
  }
});

test('webhook: signed, with the same id when it is sent again', async () => {
  const server = await open();
  const webhook = createChannel(configs['webhook']!(server.url));
  await webhook.send(alarm, signal);
  await webhook.send(alarm, signal);
  const [first, second] = server.received;
  const timestamp = String(first!.headers['x-porchlight-timestamp']);
  const digest = createHmac('sha256', 'sign-secret').update(`${timestamp}.${first!.body.toString()}`).digest('hex');
  expect(first!.headers['x-porchlight-signature']).toBe(`sha256=${digest}`);
  expect(second!.headers['idempotency-key']).toBe(first!.headers['idempotency-key']);
  expect(JSON.parse(first!.body.toString())).toMatchObject({ severity: 'alarm', images: [{ base64: '/9j/2Q==' }] });
});

test('Twilio: a call that reads the alarm out, and a text message; no call for less', async () => {
  const server = await open();
  const twilio = createChannel(configs['twilio']!(server.url));
  await twilio.send({ ...alarm, text: 'Tom & "Jerry" <here>' }, signal);
  await twilio.send({ ...alarm, key: 'w', severity: 'warning' }, signal);
  expect(server.received.map(({ path }) => path.split('/').at(-1))).toEqual([
    'Calls.json',
    'Messages.json',
    'Messages.json',
  ]);
  const call = new URLSearchParams(server.received[0]!.body.toString());
  expect(call.get('To')).toBe('+14155550101');
  expect(call.get('Twiml')).toContain('Tom &amp; "Jerry" &lt;here&gt;');
});

const kinds = Object.keys(configs);
test.each(kinds)('%s: a wrong password will not heal; an outage may; neither shows a secret', async (kind) => {
  for (const [status, retry] of [
    [401, 'never'],
    [400, 'never'],
    [429, 'later'],
    [503, 'later'],
  ] as const) {
    const body = JSON.stringify({ ok: false, error_code: status, description: 'no' });
    const server = await open({ status, body, headers: { 'retry-after': '3' } });
    const error: unknown = await createChannel(configs[kind]!(server.url))
      .send(alarm, signal)
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'notify.refused', retry });
    expect(String(error)).not.toMatch(secrets);
  }
});

test.each(kinds)('%s: nobody there is an outage, without a secret in the message', async (kind) => {
  const server = await open();
  server.stop();
  const error: unknown = await createChannel(configs[kind]!(server.url))
    .send(alarm, signal)
    .catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'notify.unreachable', retry: 'later' });
  expect(String(error)).not.toMatch(secrets);
});

const refusedChat = { status: 403, body: '{"ok":false,"error_code":403,"description":"bot was blocked"}' };
const taken = { status: 200, body: '{"ok":true,"result":{}}' };
const chatOf = (body: Buffer): string => (JSON.parse(body.toString()) as { chat_id: string }).chat_id;

test('Telegram: a chat that refuses keeps no other chat from the alarm, and is not asked again', async () => {
  const server = await open();
  const busy = { status: 503, body: '{"ok":false,"error_code":503,"description":"busy"}' };
  server.answers = [refusedChat, busy, taken];
  const config: ChannelConfig = {
    ...configs['telegram']!(server.url),
    type: 'telegram',
    token,
    chatIds: ['1', '2', '3'],
  };
  const telegram = createChannel(config);
  const notice = { ...alarm, images: [] };
  await expect(telegram.send(notice, signal)).rejects.toMatchObject({ retry: 'later' });
  await expect(telegram.send(notice, signal)).rejects.toMatchObject({ retry: 'never', message: /blocked/ });
  expect(server.received.map(({ body }) => chatOf(body))).toEqual(['1', '2', '3', '2']);
});

test('Twilio: a number that refuses keeps no other number from the alarm', async () => {
  const server = await open();
  server.answers = [{ status: 400, body: 'not a mobile number' }, taken];
  const config = { ...configs['twilio']!(server.url), call: false, to: ['+1', '+2'] } as ChannelConfig;
  await expect(createChannel(config).send(alarm, signal)).rejects.toMatchObject({ retry: 'never' });
  expect(server.received.map(({ body }) => new URLSearchParams(body.toString()).get('To'))).toEqual(['+1', '+2']);
});

test.each(['telegram', 'pushover', 'webhook'])('%s: a picture that is refused does not cost the text', async (kind) => {
  const server = await open();
  const refusal = { ok: false, error_code: 400, description: 'IMAGE_PROCESS_FAILED' };
  server.answers = [{ status: 400, body: JSON.stringify(refusal) }, taken];
  await createChannel(configs[kind]!(server.url)).send(alarm, signal);
  const hasPicture = ({ body }: Received): boolean =>
    body.includes(Buffer.from(image.bytes)) || body.includes('/9j/2Q==');
  expect(server.received.slice(0, 2).map(hasPicture)).toEqual([true, false]);
  expect(server.received[1]!.body.toString()).toContain('2 events (Hall, Garden)');
});

test('ntfy: a picture that has to be sent again does not repeat the text', async () => {
  const server = await open();
  server.answers = [taken, { status: 503 }, taken];
  const ntfy = createChannel(configs['ntfy']!(server.url));
  await expect(ntfy.send(alarm, signal)).rejects.toMatchObject({ retry: 'later', message: /picture/ });
  await ntfy.send(alarm, signal);
  expect(server.received.map(({ path }) => path)).toEqual(['/', '/house', '/house']);
});

test('no two channels share a label', () => {
  const webhook = configs['webhook']!('http://127.0.0.1:1');
  const ntfy = configs['ntfy']!('http://127.0.0.1:1');
  const named = { ...webhook, name: 'x' };
  const labels = openChannels([webhook, ntfy, webhook, named, named], systemClock).map(({ label }) => label);
  expect(labels).toEqual(['webhook', 'ntfy', 'webhook 2', 'webhook "x"', 'webhook "x" 2']);
});
