import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Phone {
  url: string;
  /** What arrived, accepted or not. */
  messages: { id: string; title: string; text: string }[];
  /** What it answers; `hang` answers nothing. */
  status: number | 'hang';
  stop(): void;
}

/** The far end of a webhook channel. */
export async function startPhone(): Promise<Phone> {
  const phone: Phone = { url: '', messages: [], status: 200, stop: () => undefined };
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      phone.messages.push(JSON.parse(Buffer.concat(parts).toString()) as Phone['messages'][number]);
      if (phone.status !== 'hang') response.writeHead(phone.status).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  phone.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  phone.stop = () => {
    server.close();
    server.closeAllConnections();
  };
  return phone;
}
