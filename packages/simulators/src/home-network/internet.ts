import { createServer, type AddressInfo } from 'node:net';
import { startHttp, type HttpSimulator, type Request } from '../shared/http.ts';

/** What web servers answer that exist to be asked whether there is an internet, by path. */
const pages: Record<string, { status: number; body?: string }> = {
  '/generate_204': { status: 204 },
  '/success.txt': { status: 200, body: 'success\n' },
  '/hotspot-detect.html': {
    status: 200,
    body: '<HTML><HEAD><TITLE>Success</TITLE></HEAD><BODY>Success</BODY></HTML>',
  },
  '/connecttest.txt': { status: 200, body: 'Microsoft Connect Test' },
  '/check_network_status.txt': { status: 200, body: 'NetworkManager is online\n' },
};

/** A web server of the internet; while `isCaptive` says so, everybody is sent to a login page. */
export function startWeb(isCaptive: () => boolean): Promise<HttpSimulator> {
  return startHttp({}, ({ url }: Request) => {
    if (isCaptive()) return { status: 302, headers: { location: 'http://login.example/' }, body: 'Please log in.' };
    return pages[url.pathname] ?? { status: 404 };
  });
}

export interface TcpTarget {
  port: number;
  close(): Promise<void>;
}

/** Something that takes connections and says nothing. */
export async function startTcpTarget(): Promise<TcpTarget> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('end', () => socket.end());
    socket.resume();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
