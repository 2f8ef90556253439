/* eslint-disable unicorn/require-post-message-target-origin -- threads of one process have no origins */
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';

/**
 * The far end of a cable. It lives in a thread of its own because a cable that is cut neither refuses nor answers: while
 * cut, this thread stands still, so that nothing is accepted, read or written.
 */
export type FrontOrder =
  | { id: number; type: 'tcp' | 'udp'; upstream: number }
  /** Stands still until `flags[0]` is 0 again. */
  | { id: number; type: 'stand-still' }
  | { id: number; type: 'refuse' }
  | { id: number; type: 'listen' };

/** Few enough to be filled by whoever cuts the cable: once full, the kernel drops what wants to connect. */
export const backlog = 16;
const host = '127.0.0.1';
/** Datagrams that lay in the queue while the cable was cut are lost, as on a real one. */
const lostAfterCutMs = 20;

interface Door {
  port: number;
  upstream: number;
  server: Server;
}

const doors: Door[] = [];
const sockets = new Set<Socket>();
const udp = new Set<UdpSocket>();
let deafUntil = 0;

function pass(incoming: Socket, upstream: number): void {
  const outgoing = connect(upstream, host);
  for (const [socket, other] of [
    [incoming, outgoing],
    [outgoing, incoming],
  ] as const) {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => other.destroy());
    socket.on('close', () => {
      sockets.delete(socket);
      other.destroy();
    });
    socket.pipe(other);
  }
}

function listen(door: Door, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    door.server = createServer((socket) => pass(socket, door.upstream));
    door.server.once('error', reject);
    door.server.listen({ port, host, backlog }, () => {
      const address = door.server.address();
      door.port = typeof address === 'object' && address ? address.port : 0;
      resolve();
    });
  });
}

async function openTcp(upstream: number): Promise<number> {
  const door: Door = { port: 0, upstream, server: createServer() };
  await listen(door, 0);
  doors.push(door);
  return door.port;
}

function openUdp(upstream: number): Promise<number> {
  const socket = createSocket('udp4');
  udp.add(socket);
  socket.on('message', (message, peer) => {
    if (performance.now() < deafUntil) return;
    const way = createSocket('udp4');
    udp.add(way);
    const done = (): void => {
      if (udp.delete(way)) way.close();
    };
    way.on('error', done);
    way.on('message', (answer) => socket.send(answer, peer.port, peer.address));
    way.send(message, upstream, host);
    setTimeout(done, 2000).unref();
  });
  return new Promise((resolve) => socket.bind(0, host, () => resolve(socket.address().port)));
}

async function shut(): Promise<void> {
  const closed = doors.map(({ server }) => new Promise((resolve) => server.close(resolve)));
  for (const socket of sockets) {
    if (socket.connecting) socket.destroy();
    else socket.resetAndDestroy();
  }
  await Promise.all(closed);
}

const { flags } = workerData as { flags: Int32Array };

async function obey(order: FrontOrder): Promise<number> {
  switch (order.type) {
    case 'tcp':
      return openTcp(order.upstream);
    case 'udp':
      return openUdp(order.upstream);
    case 'stand-still':
      Atomics.store(flags, 1, 1);
      Atomics.notify(flags, 1);
      Atomics.wait(flags, 0, 1);
      deafUntil = performance.now() + lostAfterCutMs;
      Atomics.store(flags, 1, 0);
      return 0;
    case 'refuse':
      await shut();
      return 0;
    case 'listen':
      for (const door of doors) await listen(door, door.port);
      return 0;
  }
}

parentPort?.on('message', (order: FrontOrder) => {
  obey(order).then(
    (port) => parentPort?.postMessage({ id: order.id, port }),
    (error: unknown) => parentPort?.postMessage({ id: order.id, error: String(error) }),
  );
});
