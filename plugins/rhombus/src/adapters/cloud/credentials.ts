import { readFileSync } from 'node:fs';
import { PorchlightError } from '@porchlight/core';

export interface Credentials {
  headers: Readonly<Record<string, string>>;
  /** PEM texts. */
  tls: { cert?: string; key?: string; ca?: string };
  /** The change stream takes keys only. */
  canStream: boolean;
}

export interface CredentialFiles {
  certFile?: string;
  keyFile?: string;
  caFile?: string;
}

/** What to show of ourselves. Throws a coded error when a file cannot be read, or when that cannot be a key. */
export function readCredentials(key: string, { certFile, keyFile, caFile }: CredentialFiles): Credentials {
  // Copied text often brings a space or a line break.
  const apiKey = key.trim();
  if (!/^[\x21-\x7e]+$/.test(apiKey)) {
    const message = 'apiKey: it holds characters that no key has; copy it again.';
    throw new PorchlightError('rhombus.key', message, { retry: 'after-user' });
  }
  const hasCertificate = certFile !== undefined && keyFile !== undefined;
  return {
    headers: { 'x-auth-scheme': hasCertificate ? 'api' : 'api-token', 'x-auth-apikey': apiKey },
    canStream: !hasCertificate,
    tls: {
      ...(hasCertificate && { cert: read('certFile', certFile), key: read('keyFile', keyFile) }),
      ...(caFile !== undefined && { ca: read('endpoints.caFile', caFile) }),
    },
  };
}

function read(setting: string, path: string): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new PorchlightError('rhombus.file', `${setting}: the file cannot be read.`, { retry: 'after-user', cause });
  }
  if (text.includes('-----BEGIN ')) return text;
  throw new PorchlightError('rhombus.file', `${setting}: the file is not a PEM file.`, { retry: 'after-user' });
}
