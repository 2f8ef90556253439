import type { BrokerSettings } from '@porchlight/core';
import { PorchlightError } from '@porchlight/core';
import { readFile } from 'node:fs/promises';
import type { IClientOptions } from 'mqtt';

/** Where to connect, and how, for one attempt. */
export interface Endpoint {
  url: string;
  options: IClientOptions;
  /** Short name for the log, without credentials. */
  label: string;
}

/** The broker that the owner configured. Files are read at every attempt, so renewed certificates are picked up. */
export async function describeRemoteBroker(settings: BrokerSettings & { url: string }): Promise<Endpoint> {
  const { url, username, password, caFile, certFile, keyFile } = settings;
  return {
    url,
    label: new URL(url).host,
    options: {
      ...(username !== undefined && { username }),
      ...(password !== undefined && { password }),
      ...(caFile !== undefined && { ca: await readPem(caFile, 'caFile') }),
      ...(certFile !== undefined && { cert: await readPem(certFile, 'certFile') }),
      ...(keyFile !== undefined && { key: await readPem(keyFile, 'keyFile') }),
      rejectUnauthorized: settings.verifyCertificate,
    },
  };
}

async function readPem(path: string, setting: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new PorchlightError('bus.tls-file', `broker.${setting}: the file ${path} could not be read`, { cause });
  }
}
