import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

/** How a device mixes the account into its handshake, and what it speaks then: Tapo's calls (2) or Kasa's (1). */
export type KlapVersion = 1 | 2;

export interface Account {
  username: string;
  password: string;
}

/** Accounts of plugs that have never seen their maker's cloud. */
export const setupAccounts: readonly Account[] = [
  { username: 'kasa@tp-link.net', password: 'kasaSetup' },
  { username: 'test@tp-link.net', password: 'test1' },
  { username: '', password: '' },
];

const hash = (name: 'sha256' | 'sha1' | 'md5', ...parts: (string | Uint8Array)[]): Buffer => {
  const made = createHash(name);
  for (const part of parts) made.update(part);
  return made.digest();
};
const sha256 = (...parts: (string | Uint8Array)[]): Buffer => hash('sha256', ...parts);

const seedBytes = 16;
const signatureBytes = 32;

/** What stands for the account on the wire. */
export function authHash({ username, password }: Account, version: KlapVersion): Buffer {
  if (version === 1) return hash('md5', hash('md5', username), hash('md5', password));
  return sha256(hash('sha1', username), hash('sha1', password));
}

export function newSeed(): Buffer {
  return randomBytes(seedBytes);
}

/** The device's seed, when its answer proves that it knows the account too; undefined otherwise. */
export function readHandshake(answer: Buffer, local: Buffer, auth: Buffer, version: KlapVersion): Buffer | undefined {
  const remote = answer.subarray(0, seedBytes);
  const expected = version === 1 ? sha256(local, auth) : sha256(local, remote, auth);
  return answer.subarray(seedBytes, seedBytes + signatureBytes).equals(expected) ? remote : undefined;
}

/** The answer to the device's seed. */
export function proveHandshake(local: Buffer, remote: Buffer, auth: Buffer, version: KlapVersion): Buffer {
  return version === 1 ? sha256(remote, auth) : sha256(remote, local, auth);
}

/** Encrypts requests and decrypts their answers; each request has the next number. */
export class KlapCipher {
  readonly #key: Buffer;
  readonly #iv: Buffer;
  readonly #signature: Buffer;
  #sequence: number;

  constructor(local: Buffer, remote: Buffer, auth: Buffer) {
    this.#key = sha256('lsk', local, remote, auth).subarray(0, 16);
    const iv = sha256('iv', local, remote, auth);
    this.#iv = iv.subarray(0, 12);
    this.#sequence = iv.readInt32BE(28);
    this.#signature = sha256('ldk', local, remote, auth).subarray(0, 28);
  }

  encrypt(text: string): { sequence: number; body: Buffer } {
    this.#sequence = (this.#sequence + 1) | 0;
    const number = this.#number(this.#sequence);
    const cipher = createCipheriv('aes-128-cbc', this.#key, Buffer.concat([this.#iv, number]));
    const encrypted = Buffer.concat([cipher.update(text), cipher.final()]);
    const body = Buffer.concat([sha256(this.#signature, number, encrypted), encrypted]);
    return { sequence: this.#sequence, body };
  }

  /** The answer to the request of that number; throws when it was not made with our key. */
  decrypt(body: Buffer, sequence: number): string {
    const iv = Buffer.concat([this.#iv, this.#number(sequence)]);
    const decipher = createDecipheriv('aes-128-cbc', this.#key, iv);
    return Buffer.concat([decipher.update(body.subarray(signatureBytes)), decipher.final()]).toString();
  }

  #number(sequence: number): Buffer {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32BE(sequence);
    return bytes;
  }
}
