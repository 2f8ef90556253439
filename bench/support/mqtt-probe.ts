import mqtt, { type MqttClient } from 'mqtt';

/** A client that publishes and waits for what comes of it. */
export interface Probe {
  publish(topic: string, payload: string): Promise<void>;
  /** Milliseconds from publishing to the first message on `wanted` that fits. */
  time(send: { topic: string; payload: string }, wanted: string, fits?: (payload: string) => boolean): Promise<number>;
  /** Sends and waits for a state, untimed. */
  settle(send: { topic: string; payload: string }, wanted: string, fits: (payload: string) => boolean): Promise<void>;
  close(): Promise<void>;
}

const waitMs = 5_000;

export async function openProbe(url: string, filters: readonly string[]): Promise<Probe> {
  const client: MqttClient = await mqtt.connectAsync(url, { protocolVersion: 5 });
  const { stream } = client as unknown as { stream: { setNoDelay?(on: boolean): void } };
  stream.setNoDelay?.(true);
  await client.subscribeAsync([...filters], { qos: 1 });
  // A lamp that does what it is told, and says so once the command's arrival has been timed.
  client.on('message', (topic, payload) => {
    if (topic.endsWith('/switch/set')) setImmediate(() => answer(client, topic, payload.toString()));
  });
  const wait = (wanted: string, fits: (payload: string) => boolean): Promise<void> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`Nothing came on ${wanted}.`)), waitMs);
      const listen = (topic: string, payload: Buffer): void => {
        if (topic !== wanted || !fits(payload.toString())) return;
        clearTimeout(timer);
        client.off('message', listen);
        resolve();
      };
      client.on('message', listen);
    });
  return {
    async publish(topic, payload) {
      await client.publishAsync(topic, payload, { qos: 1 });
    },
    async time({ topic, payload }, wanted, fits = () => true) {
      const arrived = wait(wanted, fits);
      const startedAt = performance.now();
      client.publish(topic, payload, { qos: 1 });
      await arrived;
      return performance.now() - startedAt;
    },
    async settle({ topic, payload }, wanted, fits) {
      const arrived = wait(wanted, fits);
      client.publish(topic, payload, { qos: 1 });
      await arrived;
    },
    async close() {
      await client.endAsync(true);
    },
  };
}

function answer(client: MqttClient, topic: string, command: string): void {
  const { id } = JSON.parse(command) as { id: string };
  client.publish(topic.replace(/set$/, 'result'), JSON.stringify({ v: 1, id, ok: true }), { qos: 1 });
}

/** What arming sets off (files, retained states) is over after this; a motion finds an alarm at rest. Milliseconds. */
const restMs = 60;

export function rest(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, restMs));
}

let count = 0;

/** A motion as any source publishes it. */
export function motionMessage(type = 'motion'): { topic: string; payload: string } {
  count += 1;
  const at = new Date().toISOString();
  const event = {
    v: 1,
    id: `bench-${process.pid}-${count}`,
    type,
    service: 'bench',
    device: 'hall',
    name: 'Hall',
    occurredAt: at,
    observedAt: at,
  };
  return { topic: `porchlight/event/bench/hall/${type}`, payload: JSON.stringify(event) };
}

const alarmSet = 'porchlight/event-alarm/alarm/alarm/set';
export const alarmState = 'porchlight/event-alarm/alarm/alarm';

export function setMode(mode: 'away' | 'disarmed'): { topic: string; payload: string } {
  return { topic: alarmSet, payload: JSON.stringify({ command: { action: 'set-mode', mode } }) };
}
