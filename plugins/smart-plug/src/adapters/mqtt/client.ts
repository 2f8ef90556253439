import type { PlugConfigOf } from '@porchlight/config-schemas';
import type { PlugPort } from '../../ports.ts';
import { gradeOf, matcher, withSeconds } from '../http/client.ts';
import type { DriverParts } from '../open.ts';
import { pick, Topics } from '../topics/client.ts';

/** Any plug with topics for its commands and its state. */
export function openMqtt(config: PlugConfigOf<'mqtt'>, { bus, clock }: DriverParts): PlugPort {
  const { name, commandTopic, stateTopic, onPayload, offPayload, cyclePayload, statePath, failSafe } = config;
  const isOn = statePath === undefined && !config.stateOn.startsWith('/') ? undefined : matcher(config.stateOn);
  const topics = new Topics({
    name,
    bus,
    clock,
    states: [stateTopic],
    decode(_topic, payload) {
      const value = String(pick(name, payload, statePath));
      return { on: isOn ? isOn(value) : value === config.stateOn };
    },
  });
  return {
    grade: gradeOf(cyclePayload, failSafe),
    identity: { model: 'MQTT plug' },
    read: (signal) => topics.read(signal),
    switch: (on, signal) => topics.tell(commandTopic, on ? onPayload : offPayload, on, signal),
    cut: (offSeconds, signal) =>
      topics.tell(
        commandTopic,
        cyclePayload === undefined ? offPayload : withSeconds(cyclePayload, offSeconds),
        false,
        signal,
      ),
    onReading: (listener) => topics.onReading(listener),
    close: () => topics.close(),
  };
}
