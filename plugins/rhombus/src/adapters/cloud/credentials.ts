import { readFileSync } from 'node:fs';
import { PorchlightError } from '@porchlight/core';
import type { RhombusConfig } from '@porchlight/config-schemas';

export interface Credentials {
  headers: Readonly<Record<string, string>>;
  /** PEM texts. */
  tls: { cert?: string; key?: string; ca?: string };
  /** The change stream takes keys only. */
  canStream: boolean;
}

/** What to show of ourselves. Throws a coded error when a file cannot be read. */
export function readCredentials(apiKey: string, config: RhombusConfig): Credentials {
  const { certFile, keyFile, endpoints } = config;
  const hasCertificate = certFile !== undefined && keyFile !== undefined;
  return {
    headers: { 'x-auth-scheme': hasCertificate ? 'api' : 'api-token', 'x-auth-apikey': apiKey },
    canStream: !hasCertificate,
    tls: {
      ...(hasCertificate && { cert: read('certFile', certFile), key: read('keyFile', keyFile) }),
      ...(endpoints.caFile !== undefined && { ca: read('caFile', endpoints.caFile) }),
    },
  };
}

function read(setting: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new PorchlightError('rhombus.file', `${setting}: the file cannot be read.`, { retry: 'after-user', cause });
  }
}
