import { createHash } from 'node:crypto';
import { lookup as systemLookup } from 'node:dns';
import type * as NodeHttp from 'node:http';
import { Agent as HttpsAgent, type AgentOptions, request as requestHttps } from 'node:https';
import { createRequire } from 'node:module';
import { isIP, type LookupFunction } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect, createSecureContext, rootCertificates, type ConnectionOptions, type SecureContext } from 'node:tls';
import { PartError } from '../../errors.ts';
import type { PinBook } from './pins.ts';

// Imported by name, it would bring a second HTTP client and its WebSockets along: tens of milliseconds and 9 MB.
const http = createRequire(import.meta.url)('node:http') as typeof NodeHttp;

/** PEM texts of the user's own. */
export interface TlsTexts {
  cert?: string;
  key?: string;
  ca?: string;
}

export interface Agents {
  https: HttpsAgent;
  http: NodeHttp.Agent;
  close(): void;
}

/** Connections to the cloud: certificates are always verified, the client's own is shown when asked for. */
export function createCloudAgents(texts: TlsTexts): Agents {
  return bundle(new HttpsAgent({ keepAlive: true, secureContext: readOnce(texts) }));
}

// Read once, because reading all authorities takes longer than a handshake.
function readOnce({ cert, key, ca }: TlsTexts): SecureContext {
  return createSecureContext({ ...(cert && key && { cert, key }), ...(ca && { ca: [...rootCertificates, ca] }) });
}

/**
 * Connections to devices on the LAN. Nothing is sent before the device's certificate has been accepted, and neither the
 * client certificate nor the key is known here at all.
 */
export function createLanAgents(pins: PinBook, ca: string | undefined): Agents {
  const secureContext = readOnce(ca ? { ca } : {});
  return bundle(new LanAgent(pins, { keepAlive: true, maxCachedSessions: 0, secureContext }));
}

function bundle(https: HttpsAgent): Agents {
  const plain = new http.Agent({ keepAlive: true });
  return {
    https,
    http: plain,
    close() {
      https.destroy();
      plain.destroy();
    },
  };
}

/** Begins a request to an `https:` or `http:` address; it follows no redirections, so headers go nowhere else. */
export function beginRequest(
  address: string,
  agents: Agents,
  options: NodeHttp.RequestOptions,
): NodeHttp.ClientRequest {
  return address.startsWith('https:')
    ? requestHttps(address, { ...options, agent: agents.https })
    : http.request(address, { ...options, agent: agents.http });
}

/** A device on the LAN answers sooner than this, or not at all, ms. */
const handshakeMs = 4000;

type OnSocket = (error: Error | null, socket: Duplex) => void;

class LanAgent extends HttpsAgent {
  readonly #pins: PinBook;

  constructor(pins: PinBook, options: AgentOptions) {
    super(options);
    this.#pins = pins;
  }

  override createConnection(options: ConnectionOptions, callback?: OnSocket): undefined {
    const socket = connect({ ...options, rejectUnauthorized: false, lookup: lookupLan });
    const onError = (error: Error): void => callback?.(error, socket);
    socket.once('error', onError);
    // There is no request yet whose time could run out.
    socket.setTimeout(handshakeMs, () => socket.destroy(new PartError('transfer', 'Connection timeout')));
    socket.once('secureConnect', () => {
      socket.removeListener('error', onError).setTimeout(0);
      const certificate = socket.getPeerCertificate().raw;
      const fingerprint = certificate ? createHash('sha256').update(certificate).digest('hex') : '';
      const host = `${options.host ?? ''}:${options.port ?? ''}`;
      const verdict = this.#pins.judge({ host, fingerprint, isVerified: socket.authorized });
      if (verdict === 'trusted') return callback?.(null, socket);
      socket.once('error', () => undefined).destroy();
      return callback?.(new PartError('untrusted', verdict), socket);
    });
    return undefined;
  }
}

/** The address that stands in a LAN name (`ip-192-168-1-40.lan.…`); undefined when there is none. */
export function addressInName(name: string): string | undefined {
  const [, address] = /^ip-(\d{1,3}(?:-\d{1,3}){3})\./.exec(name) ?? [];
  const dotted = address?.replaceAll('-', '.');
  return dotted && isIP(dotted) === 4 ? dotted : undefined;
}

// Many routers do not pass on public names that lead to private addresses; the address stands in the name, too.
const lookupLan: LookupFunction = (name, options, callback) => {
  systemLookup(name, options, (error, address, family) => {
    const known = error && addressInName(name);
    if (!known) return callback(error, address, family);
    return options.all ? callback(null, [{ address: known, family: 4 }]) : callback(null, known, 4);
  });
};
