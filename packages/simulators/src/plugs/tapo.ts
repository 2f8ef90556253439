import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { Faults } from '../shared/faults.ts';
import { startHttp, type Answer, type Request } from '../shared/http.ts';
import { answerKasa } from './kasa.ts';
import { routerLoad, type HttpPlug } from './plug.ts';
import { Relay } from './relay.ts';

export interface TapoOptions {
  relay?: Relay;
  port?: number;
  username: string;
  password: string;
  /** 2: Tapo. 1: Kasa with new firmware, which speaks its old language inside. Default 2. */
  version?: 1 | 2;
  /** A firmware on which switching the relay ends the countdown. The order in a message still counts. */
  doesRelayEndTimer?: boolean;
  /** A firmware that serves one request per session. */
  isOneRequestPerSession?: boolean;
}

export interface TapoPlug extends HttpPlug {
  /** Decrypted calls, oldest first. */
  calls: string[];
  /** Forgets all sessions, as after a restart of the plug. */
  forget(): void;
}

type Json = Record<string, unknown>;

const digest = (name: string, ...parts: (string | Buffer)[]): Buffer =>
  parts.reduce((hash, part) => hash.update(part), createHash(name)).digest();

interface Session {
  local: Buffer;
  remote: Buffer;
  isIn: boolean;
  sequence: number | undefined;
}

/** A Tapo plug: the KLAP handshake and encryption, batches, one countdown. */
export async function startTapo(options: TapoOptions): Promise<TapoPlug> {
  const { relay = new Relay(), version = 2, username, password } = options;
  const auth =
    version === 2
      ? digest('sha256', digest('sha1', username), digest('sha1', password))
      : digest('md5', digest('md5', username), digest('md5', password));
  const sessions = new Map<string, Session>();
  const calls: string[] = [];
  const faults = new Faults();
  const sessionOf = ({ headers }: Request): Session | undefined =>
    sessions.get(/TP_SESSIONID=(\w+)/.exec(headers.cookie ?? '')?.[1] ?? '');
  const http = await startHttp({ faults, port: options.port ?? 0 }, (request): Answer => {
    const { url, body } = request;
    if (url.pathname === '/app/handshake1') {
      const id = randomBytes(16).toString('hex').toUpperCase();
      const session = { local: body, remote: randomBytes(16), isIn: false, sequence: undefined };
      sessions.set(id, session);
      const proof = version === 2 ? [body, session.remote, auth] : [body, auth];
      const cookies = [`TP_SESSIONID=${id}`, 'TIMEOUT=86400'];
      return {
        headers: { 'set-cookie': cookies.join(';') },
        body: Buffer.concat([session.remote, digest('sha256', ...proof)]),
      };
    }
    const session = sessionOf(request);
    if (!session) return { status: 403 };
    if (url.pathname === '/app/handshake2') {
      const proof = version === 2 ? [session.remote, session.local, auth] : [session.remote, auth];
      session.isIn = body.equals(digest('sha256', ...proof));
      return { status: session.isIn ? 200 : 403 };
    }
    if (url.pathname !== '/app/request' || !session.isIn) return { status: 403 };
    const opened = open(session, auth, Number(url.searchParams.get('seq')), body);
    if (!opened) return { status: 403 };
    calls.push(opened.text);
    if (options.isOneRequestPerSession) session.isIn = false;
    return { body: opened.seal(JSON.stringify(speak(JSON.parse(opened.text) as Json, relay, options))) };
  });
  const close = async (): Promise<void> => {
    relay.cancel();
    await http.close();
  };
  return { port: http.port, relay, faults, requests: http.requests, calls, forget: () => sessions.clear(), close };
}

/** Decrypts a request; undefined when its number or its signature is not the next one. */
function open(
  session: Session,
  auth: Buffer,
  sequence: number,
  body: Buffer,
): { text: string; seal(answer: string): Buffer } | undefined {
  const seeds = [session.local, session.remote, auth];
  const key = digest('sha256', 'lsk', ...seeds).subarray(0, 16);
  const whole = digest('sha256', 'iv', ...seeds);
  const signature = digest('sha256', 'ldk', ...seeds).subarray(0, 28);
  const first = (session.sequence ?? whole.readInt32BE(28)) + 1;
  if ((first | 0) !== sequence) return undefined;
  session.sequence = sequence;
  const number = Buffer.alloc(4);
  number.writeInt32BE(sequence);
  const encrypted = body.subarray(32);
  if (!digest('sha256', signature, number, encrypted).equals(body.subarray(0, 32))) return undefined;
  const iv = Buffer.concat([whole.subarray(0, 12), number]);
  const decipher = createDecipheriv('aes-128-cbc', key, iv);
  const text = Buffer.concat([decipher.update(encrypted), decipher.final()]).toString();
  return {
    text,
    seal(answer) {
      const cipher = createCipheriv('aes-128-cbc', key, iv);
      const sealed = Buffer.concat([cipher.update(answer), cipher.final()]);
      return Buffer.concat([digest('sha256', signature, number, sealed), sealed]);
    },
  };
}

function speak(message: Json, relay: Relay, options: TapoOptions): Json {
  return options.version === 1 ? answerKasa(message, relay, options) : call(message, relay, options);
}

function call({ method, params }: Json, relay: Relay, options: TapoOptions): Json {
  const parts = (params ?? {}) as Json;
  switch (method) {
    case 'multipleRequest': {
      const requests = parts['requests'] as { method: string; params?: Json }[];
      const responses = requests.map((one) => ({ method: one.method, ...call(one, relay, options) }));
      return { result: { responses }, error_code: 0 };
    }
    case 'get_device_info':
      return {
        result: { device_on: relay.on, model: 'P110', fw_ver: '1.3.1', mac: 'A8-42-A1-B2-C3-D4' },
        error_code: 0,
      };
    case 'set_device_info':
      relay.set(parts['device_on'] === true, { keepTimer: !options.doesRelayEndTimer });
      return { error_code: 0 };
    case 'get_energy_usage':
      return { result: { current_power: relay.on ? routerLoad.watts * 1000 : 0, today_energy: 120 }, error_code: 0 };
    case 'add_countdown_rule': {
      if (relay.pending) return { error_code: -1802 };
      const desired = parts['desired_states'] as { on: boolean };
      relay.flipAfter(Number(parts['delay']), desired.on);
      return { result: { id: 'C1' }, error_code: 0 };
    }
    case 'remove_countdown_rules':
      relay.cancel();
      return { error_code: 0 };
    default:
      return { error_code: -1002 };
  }
}
