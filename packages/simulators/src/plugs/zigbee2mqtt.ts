import mqtt from 'mqtt';
import { routerLoad } from './plug.ts';
import { Relay } from './relay.ts';
import type { MqttPlug } from './tasmota.ts';

export interface ZigbeeOptions {
  url: string;
  /** Friendly name. */
  device: string;
  relay?: Relay;
  /** Whether the plug has a countdown of its own, as those of Tuya. Default: yes. */
  hasCountdown?: boolean;
  baseTopic?: string;
}

/** A bridge of zigbee2mqtt with one plug. */
export async function startZigbee2Mqtt(options: ZigbeeOptions): Promise<MqttPlug> {
  const { url, device, relay = new Relay(), hasCountdown = true, baseTopic = 'zigbee2mqtt' } = options;
  const topic = `${baseTopic}/${device}`;
  const received: string[] = [];
  const client = await mqtt.connectAsync(url, { reconnectPeriod: 200 });
  const tell = (): void => {
    const { watts, volts } = routerLoad;
    const { on } = relay;
    const figures = { power: on ? watts : 0, voltage: volts, current: on ? watts / volts : 0, energy: 3.21 };
    const countdown = hasCountdown ? { countdown: Math.ceil(relay.remainingSeconds) } : {};
    client.publish(topic, JSON.stringify({ state: on ? 'ON' : 'OFF', ...figures, ...countdown }));
  };
  relay.onChange(tell);
  client.on('message', (path, payload) => {
    received.push(`${path} ${payload.toString()}`);
    if (path.endsWith('/get')) return tell();
    const message = JSON.parse(payload.toString()) as { state?: string; countdown?: number };
    // First the state, then the countdown: switching ends a countdown that runs.
    if (message.state !== undefined) {
      const before = relay.on;
      relay.set(message.state === 'TOGGLE' ? !relay.on : message.state === 'ON');
      if (relay.on === before) tell();
    }
    if (hasCountdown && message.countdown !== undefined) {
      if (message.countdown > 0) relay.flipAfter(message.countdown, !relay.on);
      else relay.cancel();
    }
  });
  await client.subscribeAsync([`${topic}/set`, `${topic}/get`]);
  const features = [{ type: 'binary', property: 'state', name: 'state' }];
  const countdown = { type: 'numeric', property: 'countdown', name: 'countdown' };
  const definition = {
    vendor: 'Tuya',
    model: 'TS011F_plug_1',
    exposes: [{ type: 'switch', features }, ...(hasCountdown ? [countdown] : [])],
  };
  const coordinator = { friendly_name: 'Coordinator', definition: null };
  const list = JSON.stringify([coordinator, { friendly_name: device, definition }]);
  await client.publishAsync(`${baseTopic}/bridge/devices`, list, { retain: true });
  await client.publishAsync(`${topic}/availability`, '{"state":"online"}', { retain: true });
  const close = async (): Promise<void> => {
    relay.cancel();
    await client.endAsync(true);
  };
  return { relay, received, close };
}
