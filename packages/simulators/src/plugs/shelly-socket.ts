import { createHash, randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Relay } from './relay.ts';
import type { Params, ShellyDevice } from './shelly-rpc.ts';

export interface ShellySocketOptions {
  server: Server;
  relay: Relay;
  device: ShellyDevice;
  id: string;
  password?: string;
}

interface Frame {
  id: number;
  src?: string;
  method: string;
  params?: Params;
  auth?: { username: string; nonce: string; nc?: number; cnonce: string; response: string };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
/** There is no method and no address in a frame, so that both sides put this in their place. */
const request = sha256('dummy_method:dummy_uri');

/** The RPC of a plug over WebSocket; whoever has asked something is told of every change of the contact. */
export function openShellySocket({ server, relay, device, id, password }: ShellySocketOptions): { close(): void } {
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (raw, socket, head) => {
    if (raw.url !== '/rpc') return void socket.destroy();
    sockets.handleUpgrade(raw, socket, head, (opened) => sockets.emit('connection', opened));
  });
  const guard = password === undefined ? () => undefined : createFrameGuard(id, password);
  const listeners = new Map<WebSocket, string>();
  sockets.on('connection', (socket: WebSocket) => {
    socket.on('close', () => listeners.delete(socket));
    socket.on('message', (message: Buffer) => {
      const frame = JSON.parse(message.toString()) as Frame;
      const { src } = frame;
      if (src !== undefined) listeners.set(socket, src);
      const result = guard(frame) ?? device(frame.method, frame.params ?? {});
      const about = { id: frame.id, src: id, ...(src !== undefined && { dst: src }) };
      socket.send(JSON.stringify({ ...about, ...('code' in result ? { error: result } : { result }) }));
    });
  });
  const stop = relay.onChange((on) => {
    const params = { ts: Date.now() / 1000, 'switch:0': { id: 0, output: on, source: 'timer' } };
    for (const [socket, dst] of listeners) {
      socket.send(JSON.stringify({ src: id, dst, method: 'NotifyStatus', params }));
    }
  });
  const close = (): void => {
    stop();
    for (const socket of sockets.clients) socket.terminate();
  };
  return { close };
}

/** Lets a frame pass (undefined) or answers with what it has to prove. */
function createFrameGuard(realm: string, password: string): (frame: Frame) => Params | undefined {
  const nonce = randomBytes(4).readUInt32BE();
  const challenge = JSON.stringify({ auth_type: 'digest', nonce, nc: 1, realm, algorithm: 'SHA-256' });
  return ({ auth, method }) => {
    if (method === 'Shelly.GetDeviceInfo') return undefined;
    const { nc = 1, cnonce = '', response } = auth ?? {};
    const owner = sha256(`admin:${realm}:${password}`);
    const expected = sha256([owner, nonce, nc, cnonce, 'auth', request].join(':'));
    return response === expected ? undefined : { code: 401, message: challenge };
  };
}
