import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { Faults } from '../shared/faults.ts';
import { startHttp, type Answer, type Request } from '../shared/http.ts';
import { answerDatagrams } from './datagrams.ts';
import { answerKasa } from './kasa-device.ts';
import type { HttpPlug } from './plug.ts';
import { Relay } from './relay.ts';
import { answerTapo, type TapoTraits } from './tapo-device.ts';

export interface TapoOptions extends TapoTraits {
  relay?: Relay;
  port?: number;
  username: string;
  password: string;
  /** 2: Tapo. 1: Kasa with new firmware, which speaks its old language inside. Default 2. */
  version?: 1 | 2;
  /** A firmware that serves one request per session. */
  isOneRequestPerSession?: boolean;
}

export interface TapoPlug extends HttpPlug {
  /** Decrypted calls, oldest first. */
  calls: string[];
  /** Forgets all sessions, as after a restart of the plug. */
  forget(): void;
  /** All sessions are too old from now on: it answers them with an error until hands are shaken anew. */
  expire(): void;
}

type Json = Record<string, unknown>;

/** The beginning of what their maker's app asks by broadcast. */
const question = Buffer.from([2, 0, 0, 1]);
const headBytes = 16;
const tooOld = { error_code: 9999 };

const digest = (name: string, ...parts: (string | Buffer)[]): Buffer =>
  parts.reduce((hash, part) => hash.update(part), createHash(name)).digest();

interface Session {
  local: Buffer;
  remote: Buffer;
  isIn: boolean;
  isExpired: boolean;
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
      const session = { local: body, remote: randomBytes(16), isIn: false, isExpired: false, sequence: undefined };
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
    const answer = session.isExpired ? tooOld : speak(JSON.parse(opened.text) as Json, relay, options);
    return { body: opened.seal(JSON.stringify(answer)) };
  });
  // It is looked for on the port number of its HTTP; the answer begins as the question does.
  const closeDatagrams = await answerDatagrams(http.port, (message) => {
    if (!message.subarray(0, question.length).equals(question)) return undefined;
    return Buffer.concat([message.subarray(0, headBytes), Buffer.from(introduce(http.port, version))]);
  });
  const close = async (): Promise<void> => {
    relay.cancel();
    closeDatagrams();
    await http.close();
  };
  const expire = (): void => sessions.forEach((session) => (session.isExpired = true));
  const forget = (): void => sessions.clear();
  return { port: http.port, relay, faults, requests: http.requests, calls, forget, expire, close };
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

/** What it tells whoever looks for it: what it is, and how it is spoken to. */
function introduce(port: number, version: 1 | 2): string {
  const [kind, model] = version === 2 ? ['SMART.TAPOPLUG', 'P110(EU)'] : ['IOT.SMARTPLUGSWITCH', 'HS110(EU)'];
  const result = {
    device_id: '8022A1B2C3D4E5F6A1B2C3D4E5F6A1B2',
    device_type: kind,
    device_model: model,
    ip: '127.0.0.1',
    mac: 'A8-42-A1-B2-C3-D4',
    is_support_iot_cloud: true,
    obd_src: 'tplink',
    factory_default: false,
    mgt_encrypt_schm: { is_support_https: false, encrypt_type: 'KLAP', http_port: port, lv: 2 },
  };
  return JSON.stringify({ result, error_code: 0 });
}

function speak(message: Json, relay: Relay, options: TapoOptions): Json {
  return options.version === 1 ? answerKasa(message, relay, options) : answerTapo(message, relay, options);
}
