import { runService, type RunningService } from '@porchlight/bus';
import { brokerSchema } from '@porchlight/config-schemas';
import { defineService, Devices, type Device, type Service, type ServiceContext } from '@porchlight/core';
import * as z from 'zod';
import { servicesFolder } from './folder.ts';

export const sensorNames = { stairs: 'Stairs', attic: 'Attic' } as const;
export type SensorId = keyof typeof sensorNames;

export interface Sensors {
  /** Somebody walks past. */
  move(id: SensorId): void;
  readonly running: RunningService;
}

/** How long a sensor shows a motion, milliseconds. */
const motionMs = 4_000;

/** Two motion sensors, played by this process and known to the rest of the house by MQTT alone. */
export function startSensors(brokerPort: number): Sensors {
  let service: SensorService | undefined;
  const definition = defineService({
    name: 'demo',
    version: '0.1.0',
    configSchema: z.object({ broker: brokerSchema }),
    create: (_config, context) => (service = new SensorService(context)),
  });
  const log = { error: console.error, warn() {}, info() {}, debug() {} };
  const config = { broker: { port: brokerPort } };
  const running = runService(definition, { config, log, folder: servicesFolder, host: 'demo' });
  return { running, move: (id) => service?.move(id) };
}

class SensorService implements Service {
  readonly devices = new Devices('demo');
  readonly #context: ServiceContext;
  readonly #sensors = new Map<string, Device>();

  constructor(context: ServiceContext) {
    this.#context = context;
  }

  async start(): Promise<void> {
    for (const [id, name] of Object.entries(sensorNames)) {
      const state = { motion: { detected: false } };
      this.#sensors.set(id, this.devices.add({ id, name, capabilities: { motion: {} }, state }));
    }
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }

  move(id: SensorId): void {
    const sensor = this.#sensors.get(id);
    if (!sensor) return;
    const { clock, signal } = this.#context;
    const now = clock.now();
    sensor.update('motion', { detected: true, since: now });
    sensor.emit({ id: `${id}-${now}`, type: 'motion', occurredAt: now, observedAt: now });
    void clock.sleep(motionMs, signal).then(
      () => sensor.update('motion', { detected: false }),
      () => undefined,
    );
  }
}
