import { afterEach } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';

export interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

export interface FakeServer {
  url: string;
  received: Received[];
  /** What it answers from now on, request by request; the last one stays. */
  answers: { status: number; headers?: Record<string, string>; body?: string; hang?: boolean }[];
  stop(): void;
}

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

/** A local HTTP server that records what it is sent, until the end of the test. */
export async function open(answer?: FakeServer['answers'][number]): Promise<FakeServer> {
  const server = await startServer(answer);
  stops.push(() => server.stop());
  return server;
}

/** What a mail server answers where it does not simply agree. */
export interface MailAnswers {
  sender?: string;
  /** By address. */
  receivers?: Record<string, string>;
  /** To each message in turn; then all is well. */
  mails?: string[];
}

/** A mail server that takes one message at a time, until the end of the test. */
export async function openMail(answers: MailAnswers = {}): Promise<{ url: string; mails: string[] }> {
  const server = await startMailServer(answers);
  stops.push(() => server.stop());
  return server;
}

async function startServer(
  answer: FakeServer['answers'][number] = { status: 200, body: '{"ok":true,"result":{}}' },
): Promise<FakeServer> {
  const fake: FakeServer = { url: '', received: [], answers: [answer], stop: () => undefined };
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      fake.received.push({ path: request.url ?? '', headers: request.headers, body: Buffer.concat(parts) });
      const next = fake.answers.length > 1 ? fake.answers.shift() : fake.answers[0];
      if (next?.hang) return;
      response.writeHead(next?.status ?? 200, { 'content-type': 'application/json', ...next?.headers });
      response.end(next?.body ?? '{}');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  fake.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  fake.stop = () => {
    server.close();
    server.closeAllConnections();
  };
  return fake;
}

async function startMailServer(answers: MailAnswers): Promise<{ url: string; mails: string[]; stop(): void }> {
  const ofMails = [...(answers.mails ?? [])];
  const mails: string[] = [];
  const server = createTcpServer((socket) => {
    let isData = false;
    let text = '';
    let mail = '';
    const say = (line: string): void => void socket.write(`${line}\r\n`);
    say('220 fake ESMTP');
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      text += chunk.toString();
      for (let end = text.indexOf('\r\n'); end >= 0; end = text.indexOf('\r\n')) {
        const line = text.slice(0, end);
        text = text.slice(end + 2);
        if (isData) {
          if (line !== '.') {
            mail += `${line}\n`;
            continue;
          }
          isData = false;
          mails.push(mail);
          mail = '';
          say(ofMails.shift() ?? '250 queued');
        } else if (/^EHLO/i.test(line)) say('250 fake');
        else if (/^STARTTLS/i.test(line)) say('502 not here');
        else if (/^MAIL/i.test(line)) say(answers.sender ?? '250 ok');
        else if (/^RCPT/i.test(line)) say(answers.receivers?.[/<(.*)>/.exec(line)?.[1] ?? ''] ?? '250 ok');
        else if (/^DATA/i.test(line)) {
          isData = true;
          say('354 go on');
        } else if (/^QUIT/i.test(line)) {
          say('221 bye');
          socket.end();
        } else say('250 ok');
      }
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`, mails, stop: () => server.close() };
}
