import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';

/** The least that can hold connections and hear messages: it counts them. */
const server = createServer();
const sockets = new WebSocketServer({ server, perMessageDeflate: false });
let messages = 0;
sockets.on('connection', (socket) => {
  socket.on('message', () => (messages += 1));
  socket.on('error', () => undefined);
});
server.listen({ host: '127.0.0.1', port: 0, backlog: 4_096 }, () => {
  console.log(JSON.stringify({ port: (server.address() as AddressInfo).port }));
});
process.on('SIGUSR2', () => console.log(JSON.stringify({ messages })));
