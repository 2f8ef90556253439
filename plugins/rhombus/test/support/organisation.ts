import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rhombusSchema } from '@porchlight/config-schemas';
import { parseConfig, type DeviceEvent, type Service } from '@porchlight/core';
import { buildContext, type FakeContext } from '@porchlight/core/testing';
import { startRhombus, type Rhombus, type RhombusOptions } from '@porchlight/simulators';
import { service as definition } from '../../src/service.ts';

const mediaFolder = join(tmpdir(), 'porchlight-rhombus-film');

/** A simulated organisation whose clock is the service's. */
export async function startOrganisation(context: FakeContext, options: Partial<RhombusOptions> = {}): Promise<Rhombus> {
  mkdirSync(mediaFolder, { recursive: true });
  return startRhombus({ mediaFolder, now: () => context.clock.now(), plainCloud: true, ...options });
}

export interface Running {
  context: FakeContext;
  service: Service;
  events: DeviceEvent[];
}

export function endpointsOf(cloud: Rhombus): Record<string, string> {
  return { api: cloud.apiUrl, stream: cloud.wsUrl, media: cloud.wanUrl };
}

/** The service on a fake clock with real sockets to the simulated organisation. */
export async function startService(cloud: Rhombus, raw: object = {}, context = buildContext()): Promise<Running> {
  const parsed = parseConfig(rhombusSchema, { apiKey: 'simulated-api-token', endpoints: endpointsOf(cloud), ...raw });
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
  const service = definition.create(parsed.config, context);
  const events: DeviceEvent[] = [];
  service.devices.subscribe((change) => void (change.type === 'event' && events.push(change.event)));
  await service.start();
  return { context, service, events };
}

export function writePem(name: string, text: string): string {
  const path = join(mediaFolder, name);
  writeFileSync(path, text);
  return path;
}
