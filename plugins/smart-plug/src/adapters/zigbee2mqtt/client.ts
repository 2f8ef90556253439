import type { PlugConfigOf } from '@porchlight/config-schemas';
import type { Grade } from '../../domain/grade.ts';
import type { Reading } from '../../domain/reading.ts';
import type { PlugPort } from '../../ports.ts';
import type { DriverParts } from '../open.ts';
import { Topics } from '../topics/client.ts';
import { availabilitySchema, devicesSchema, hasCountdown, stateSchema } from './schema.ts';

/**
 * A plug of zigbee2mqtt. One with a countdown of its own gets "off" and the time in one message; the radio needs no
 * router. Others are switched on by this machine, which holds when broker, stick and machine are one.
 */
export function openZigbee(config: PlugConfigOf<'zigbee2mqtt'>, parts: DriverParts): PlugPort {
  return new ZigbeePlug(config, parts);
}

class ZigbeePlug implements PlugPort {
  grade: Grade = 'C';
  identity: PlugPort['identity'] = {};
  readonly #set: string;
  readonly #topics: Topics;
  readonly #stop: () => void;

  constructor({ name, device, baseTopic }: PlugConfigOf<'zigbee2mqtt'>, { bus, clock }: DriverParts) {
    const topic = `${baseTopic}/${device}`;
    this.#set = `${topic}/set`;
    this.#topics = new Topics({
      name,
      bus,
      clock,
      states: [topic],
      decode: (_topic, payload) => toReading(payload),
      queries: [{ topic: `${topic}/get`, payload: '{"state":""}' }],
      availability: { topic: `${topic}/availability`, isOffline },
    });
    this.#stop = bus.foreign.subscribe(`${baseTopic}/bridge/devices`, ({ payload }) =>
      this.#learn(device, Buffer.from(payload).toString()),
    );
  }

  read(signal: AbortSignal): Promise<Reading> {
    return this.#topics.read(signal);
  }

  switch(on: boolean, signal: AbortSignal): Promise<void> {
    // Switching ends a countdown that still runs.
    return this.#topics.tell(this.#set, JSON.stringify({ state: on ? 'ON' : 'OFF' }), on, signal);
  }

  cut(offSeconds: number, signal: AbortSignal): Promise<void> {
    const message = { state: 'OFF', ...(this.grade === 'B' && { countdown: Math.ceil(offSeconds) }) };
    return this.#topics.tell(this.#set, JSON.stringify(message), false, signal);
  }

  onReading(listener: (reading: Reading) => void): void {
    this.#topics.onReading(listener);
  }

  close(): Promise<void> {
    this.#stop();
    return this.#topics.close();
  }

  #learn(device: string, payload: string): void {
    const list = devicesSchema.safeParse(parse(payload));
    const found = list.data?.find((one) => one.friendly_name === device)?.definition;
    if (!found) return;
    this.grade = hasCountdown(found.exposes) ? 'B' : 'C';
    this.identity = {
      ...(found.vendor !== undefined && { manufacturer: found.vendor }),
      ...(found.model !== undefined && { model: found.model }),
    };
  }
}

function toReading(payload: string): Reading | undefined {
  const result = stateSchema.safeParse(parse(payload));
  if (!result.success) return undefined;
  const { state, power, voltage, current, energy } = result.data;
  return {
    on: state === 'ON',
    ...(typeof power === 'number' && { watts: power }),
    ...(typeof voltage === 'number' && { volts: voltage }),
    ...(typeof current === 'number' && { amperes: current }),
    ...(typeof energy === 'number' && { kilowattHours: energy }),
  };
}

function isOffline(payload: string): boolean {
  const value = availabilitySchema.safeParse(parse(payload)).data;
  return (typeof value === 'object' ? value.state : payload) === 'offline';
}

function parse(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    return payload;
  }
}
