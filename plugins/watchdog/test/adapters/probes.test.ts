import { afterEach, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer as createWebServer, type RequestListener } from 'node:http';
import { createConnection, createServer, type AddressInfo, type LookupFunction, type Socket } from 'node:net';
import { lookup, probeDns } from '../../src/adapters/dns/client.ts';
import { probeHttp } from '../../src/adapters/http/client.ts';
import { probeTcp } from '../../src/adapters/tcp/client.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

const within = (ms: number): AbortSignal => AbortSignal.timeout(ms);
const host = '127.0.0.1';

async function listen(onConnection: (socket: Socket) => void = () => undefined): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    onConnection(socket);
  });
  server.listen(0, host);
  await once(server, 'listening');
  cleanUps.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** A port whose process stands still and whose queue is full: the system drops every further call. */
async function openDeaf(): Promise<number> {
  const script = `require('net').createServer().listen({ port: 0, host: '${host}', backlog: 1 }, function () {
    console.log(this.address().port);
  })`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  cleanUps.push(() => child.kill('SIGKILL'));
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  child.kill('SIGSTOP');
  const port = Number(line.toString());
  const callers = Array.from({ length: 8 }, () => createConnection(port, host).on('error', () => undefined));
  cleanUps.push(() => callers.forEach((socket) => socket.destroy()));
  await Promise.race(callers.map((socket) => once(socket, 'connect')));
  return port;
}

async function freePort(): Promise<number> {
  const port = await listen();
  await cleanUps.pop()?.();
  return port;
}

describe('tcp', () => {
  test('a connection is an answer', async () => {
    const outcome = await probeTcp({ host, port: await listen(), lookup }, within(2_000));
    expect(outcome).toMatchObject({ ok: true });
  });

  test('so is a refusal: somebody is there', async () => {
    expect(await probeTcp({ host, port: await freePort(), lookup }, within(2_000))).toMatchObject({ ok: true });
  });

  test('nobody answers', async () => {
    const outcome = await probeTcp({ host, port: await openDeaf(), lookup }, within(300));
    expect(outcome).toEqual({ ok: false, why: 'silent', problem: 'no answer' });
  });

  test('a limit that is over before it begins', async () => {
    expect(await probeTcp({ host, port: 9, lookup }, AbortSignal.abort())).toMatchObject({ ok: false, why: 'silent' });
  });
});

/** A DNS server that answers with a code, or not at all. */
async function openDns(answer: 'address' | 'nxdomain' | 'servfail' | 'silence'): Promise<string> {
  const socket = createSocket('udp4');
  socket.on('message', (query, { port, address }) => {
    if (answer === 'silence') return;
    const reply = Buffer.from(query);
    const codes = { address: 0, nxdomain: 3, servfail: 2 };
    reply.writeUInt16BE(0x8180 | codes[answer], 2);
    // No additional records, whatever the question had.
    reply.writeUInt16BE(0, 10);
    const question = reply.subarray(0, 12 + questionLength(query));
    if (answer !== 'address') return socket.send(question, port, address);
    question.writeUInt16BE(1, 6);
    const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 7]);
    socket.send(Buffer.concat([question, record]), port, address);
  });
  socket.bind(0, host);
  await once(socket, 'listening');
  cleanUps.push(() => socket.close());
  return `${host}:${socket.address().port}`;
}

function questionLength(query: Buffer): number {
  return query.indexOf(0, 12) - 12 + 5;
}

describe('dns', () => {
  const query = 'example.com';
  test.each(['address', 'nxdomain'] as const)('the answer %s shows that the resolver works', async (answer) => {
    expect(await probeDns({ server: await openDns(answer), query }, within(4_000))).toMatchObject({ ok: true });
  });

  test('a resolver that cannot resolve', async () => {
    const outcome = await probeDns({ server: await openDns('servfail'), query }, within(4_000));
    expect(outcome).toEqual({ ok: false, why: 'no-name', problem: 'ESERVFAIL' });
  });

  test('a resolver that is silent is left at the limit', async () => {
    const startedAt = performance.now();
    const outcome = await probeDns({ server: await openDns('silence'), query }, within(300));
    expect(outcome).toMatchObject({ ok: false, why: 'silent' });
    expect(performance.now() - startedAt).toBeLessThan(1_500);
  });
});

async function openWeb(respond: RequestListener): Promise<string> {
  const server = createWebServer(respond);
  server.listen(0, host);
  await once(server, 'listening');
  cleanUps.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://${host}:${(server.address() as AddressInfo).port}/success.txt`;
}

describe('web', () => {
  const expected = { status: 200, body: 'success', lookup };
  test('exactly the expected page', async () => {
    const url = await openWeb((_request, response) => void response.end('success\n'));
    expect(await probeHttp({ url, ...expected }, within(2_000))).toMatchObject({ ok: true });
  });

  test('an empty page with its own status', async () => {
    const url = await openWeb((_request, response) => void response.writeHead(204).end());
    expect(await probeHttp({ url, status: 204, body: '', lookup }, within(2_000))).toMatchObject({ ok: true });
  });

  test.each<[string, RequestListener]>([
    ['a redirect to a login page', (_request, response) => void response.writeHead(302, { location: '/login' }).end()],
    ['a login page with status 200', (_request, response) => void response.end('<html>Welcome, please pay</html>')],
    ['a page without end', (_request, response) => void response.end('x'.repeat(200_000))],
  ])('%s is somebody else', async (_what, respond) => {
    const url = await openWeb(respond);
    expect(await probeHttp({ url, ...expected }, within(2_000))).toMatchObject({ ok: false, why: 'other-content' });
  });

  test('a page that the router puts up in place of another is silence; the expected one from there is as good as any', async () => {
    const here: LookupFunction = (_host, { all }, reply) =>
      all ? reply(null, [{ address: host, family: 4 }]) : reply(null, host, 4);
    let page = '<html>The line is down</html>';
    const { port } = new URL(await openWeb((_request, response) => void response.end(page)));
    const target = { ...expected, url: `http://portal.example:${port}/`, lookup: here };
    const problem = 'the router answers in its place';
    expect(await probeHttp(target, within(2_000))).toEqual({ ok: false, why: 'silent', problem });
    page = 'success';
    expect(await probeHttp(target, within(2_000))).toMatchObject({ ok: true });
  });

  test('something that speaks no HTTP is somebody else', async () => {
    const port = await listen((socket) => void socket.end('220 mail.example ESMTP\r\n'));
    const outcome = await probeHttp({ url: `http://${host}:${port}/`, ...expected }, within(2_000));
    expect(outcome).toMatchObject({ ok: false, why: 'other-content' });
  });

  test.each<[string, RequestListener]>([
    ['no answer', () => undefined],
    ['an answer that stops in the middle', (_request, response) => void response.write('succ')],
  ])('%s is silence', async (_what, respond) => {
    const url = await openWeb(respond);
    const outcome = await probeHttp({ url, ...expected }, within(300));
    expect(outcome).toEqual({ ok: false, why: 'silent', problem: 'no answer' });
  });

  test('a connection that is reset is silence', async () => {
    const url = await openWeb((request) => void request.socket.resetAndDestroy());
    expect(await probeHttp({ url, ...expected }, within(2_000))).toEqual({
      ok: false,
      why: 'silent',
      problem: 'ECONNRESET',
    });
  });

  test('every connection is a new one', async () => {
    const ports: (number | undefined)[] = [];
    const url = await openWeb((request, response) => {
      ports.push(request.socket.remotePort);
      response.end('success');
    });
    for (let count = 0; count < 3; count += 1) await probeHttp({ url, ...expected }, within(2_000));
    expect(new Set(ports).size).toBe(3);
  });
});

test('the lookup of the checks takes addresses as they are and names a failure', async () => {
  const resolve = (name: string, all: boolean): Promise<unknown> =>
    new Promise((resolvePromise) => lookup(name, { all }, (...answer) => resolvePromise(answer)));
  expect(await resolve('192.0.2.1', false)).toEqual([null, '192.0.2.1', 4]);
  expect(await resolve('::1', true)).toEqual([null, [{ address: '::1', family: 6 }]]);
  expect(await resolve('localhost', false)).toEqual([null, '127.0.0.1', 4]);
});
