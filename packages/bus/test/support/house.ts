import {
  Devices,
  defineService,
  type BrokerSettings,
  type Device,
  type ServiceConfig,
  type ServiceContext,
} from '@porchlight/core';
import { createCaptureLog, until, type CaptureLog } from '@porchlight/core/testing';
import { systemClock } from '@porchlight/core/node';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { connect, runService, type BusClient, type Link, type RunningService } from '../../src/index.ts';

export function brokerSettings(part: Partial<BrokerSettings> = {}): BrokerSettings {
  return { verifyCertificate: true, root: 'porchlight', port: 1, maxQueuedEvents: 1000, ...part };
}

export const tempFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'porchlight-test-'));

export interface Observer {
  client: BusClient;
  link: Link;
  log: CaptureLog;
  stop(): Promise<void>;
}

/** A client of the bus that owns nothing: it looks on and sends commands. */
export async function observe(settings: BrokerSettings, folder: string): Promise<Observer> {
  const observer = startObserver(settings, folder);
  try {
    await until(() => observer.client.connected);
  } catch (error) {
    await observer.stop();
    throw error;
  }
  return observer;
}

/** The same, not necessarily connected yet. */
export function startObserver(settings: BrokerSettings, folder: string): Observer {
  const log = createCaptureLog();
  const clientId = `observer-${Math.random().toString(36).slice(2)}`;
  const link = connect(settings, { clientId, clock: systemClock, log, folder });
  link.connection.start();
  return { client: link.client, link, log, stop: () => link.stop() };
}

export interface LampHost {
  run: RunningService;
  log: CaptureLog;
  /** The lamp, once this host serves. */
  lamp(): Device | undefined;
  context(): ServiceContext | undefined;
  stops: number;
}

/** A host that runs a service with one lamp. */
export function runLamp(options: { settings: BrokerSettings; folder: string; host: string; name?: string }): LampHost {
  const log = createCaptureLog();
  let lamp: Device | undefined;
  let context: ServiceContext | undefined;
  const service = options.name ?? 'lamps';
  const definition = defineService<ServiceConfig>({
    name: service,
    version: '1.2.3',
    configSchema: z.custom<ServiceConfig>(),
    create(_config, given) {
      context = given;
      const devices = new Devices(service);
      return {
        devices,
        async start() {
          const added = devices.add({
            id: 'lamp',
            name: 'Lamp',
            capabilities: { switch: { as: 'light' } },
            state: { switch: { on: false } },
            commands: {
              switch({ on }) {
                if (on && devices.state('lamp', 'health')?.ok === false) throw new Error('The lamp has no power.');
                added.update('switch', { on });
              },
            },
          });
          lamp = added;
        },
        async stop() {
          lamp = undefined;
          host.stops += 1;
        },
      };
    },
  });
  const run = runService(definition, {
    config: { broker: options.settings },
    log,
    folder: options.folder,
    host: options.host,
  });
  const host: LampHost = { run, log, lamp: () => lamp, context: () => context, stops: 0 };
  return host;
}
