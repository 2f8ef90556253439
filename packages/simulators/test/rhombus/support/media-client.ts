import { afterEach, beforeEach, expect } from '@jest/globals';
import { mkdirSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFleet, startRhombus, type Camera, type Rhombus } from '../../../src/index.ts';

export const mediaFolder = join(tmpdir(), 'porchlight-rhombus-film');
export const nowSec = 1_767_225_600;
export const startSec = nowSec - 1000;
export const key = { 'x-auth-scheme': 'api-token', 'x-auth-apikey': 'simulated-api-token' };

export let rhombus: Rhombus;
export let now: number;

export function passMs(ms: number): void {
  now += ms;
}

export let agent: Agent;
beforeEach(async () => {
  mkdirSync(mediaFolder, { recursive: true });
  now = nowSec * 1000;
  agent = new Agent({ rejectUnauthorized: false, keepAlive: true });
  rhombus = await startRhombus({
    mediaFolder,
    now: () => now,
    organisation: createFleet(nowSec, { cameras: 2, audio: true }),
  });
});
afterEach(async () => {
  agent.destroy();
  await rhombus.close();
});

export interface Got {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

export function send(url: string, headers: Record<string, string>, body?: string): Promise<Got> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method: body === undefined ? 'GET' : 'POST', headers, agent }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('error', reject);
      answer.on('aborted', () => reject(new Error('aborted')));
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(parts) }),
      );
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

export async function post<T>(path: string, body: object): Promise<T> {
  const headers = { ...key, 'content-type': 'application/json' };
  return JSON.parse((await send(`${rhombus.apiUrl}/api/${path}`, headers, JSON.stringify(body))).body.toString()) as T;
}

export const camera = (): Camera => rhombus.cameras[0]!;
export const gateway = () => rhombus.org.gateways[0]!;

export async function token(deviceUUid?: string): Promise<string> {
  const body = { durationSec: 60, ...(deviceUUid && { deviceUUid }) };
  return (await post<{ federatedSessionToken: string }>('org/generateFederatedSessionToken', body))
    .federatedSessionToken;
}

export const ways = {
  header: (secret: string) => ({ 'x-auth-scheme': 'federated-token', 'x-auth-ft': secret }),
  session: (secret: string) => ({ cookie: `RSESSIONID=RFT:${secret}` }),
  rhombusSession: (secret: string) => ({ cookie: `RHOMBUS_SESSIONID=RFT:${secret}` }),
  plain: (secret: string) => ({ cookie: `RFT=${secret}` }),
};

export interface Uris {
  lanVodMpdUrisTemplates: string[];
  wanVodMpdUriTemplate: string;
}

export async function manifestUrl(route: 'lan' | 'wan', kind: 'video' | 'audio', seconds = 11): Promise<string> {
  const uris =
    kind === 'video'
      ? await post<Uris>('camera/getMediaUris', { cameraUuid: camera().uuid })
      : await post<Uris>('audiogateway/getMediaUris', { gatewayUuid: gateway().uuid });
  const template = route === 'lan' ? uris.lanVodMpdUrisTemplates[0]! : uris.wanVodMpdUriTemplate;
  return template.replace('{START_TIME}', String(startSec)).replace('{DURATION}', String(seconds));
}

export const part = (manifest: string, name: string): string => manifest.replace(/(clip|file)\.mpd/, name);

/** A whole window as a client fetches it. */
export async function fetchWindow(route: 'lan' | 'wan', kind: 'video' | 'audio', seconds = 11): Promise<Buffer[]> {
  const url = await manifestUrl(route, kind, seconds);
  const headers = ways.header(await token());
  const mpd = (await send(url, headers)).body.toString();
  const [, first = ''] = /startNumber="(\d+)"/.exec(mpd) ?? [];
  const [init, ending] = kind === 'video' ? ['seg_init.mp4', 'm4v'] : ['seg_init_audio.hdr', 'webm'];
  const names = Array.from({ length: Math.ceil(seconds / 2) }, (_, place) => `seg_${Number(first) + place}.${ending}`);
  const bodies: Buffer[] = [];
  for (const name of [init, ...names]) {
    const got = await send(part(url, name), headers);
    expect({ name, status: got.status }).toEqual({ name, status: 200 });
    bodies.push(got.body);
  }
  return bodies;
}
