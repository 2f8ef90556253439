import type { WatchdogConfig } from '@porchlight/config-schemas';
import type { ServiceContext } from '@porchlight/core';
import type { Heartbeat } from '../../ports.ts';
import { MqttHeartbeat } from '../mqtt-heartbeat/client.ts';
import { startPush } from '../push/client.ts';
import { WatchtowerHeartbeat } from './client.ts';

/** Everything that is told that this home is alive, as one. */
export function startHeartbeats(config: WatchdogConfig, version: string, context: ServiceContext): Heartbeat {
  const { heartbeat, pushes } = config;
  const all: Heartbeat[] = pushes.map((push) => startPush(push, context));
  if (heartbeat) {
    const Sender = heartbeat.url.startsWith('mqtt') ? MqttHeartbeat : WatchtowerHeartbeat;
    all.push(new Sender({ ...heartbeat, ...context, version }));
  }
  return {
    show: (status) => all.forEach((one) => one.show(status)),
    announceReboot: (backInSeconds) => all.forEach((one) => one.announceReboot(backInSeconds)),
    reconnect: () => all.forEach((one) => one.reconnect()),
    async stop() {
      await Promise.all(all.map((one) => one.stop()));
    },
  };
}
