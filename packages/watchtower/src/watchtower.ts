import { createRedactor, type Clock } from '@porchlight/core';
import { systemClock } from '@porchlight/core/node';
import { openChannels, type Channel } from '@porchlight/notify';
import { channelName, type WatchtowerConfig } from './config.ts';
import { createCounters, type Counters } from './counters.ts';
import { Courier } from './courier.ts';
import { createMomentText } from './domain/message.ts';
import { redactLog, type EventLog } from './event-log.ts';
import { Gate } from './gate.ts';
import { MqttBeats } from './mqtt-beats.ts';
import { Roster } from './roster.ts';
import { listen, usualPatience, type Patience } from './server/listener.ts';
import { createRoutes } from './server/routes.ts';
import { Sockets } from './server/sockets.ts';
import type { Store } from './store/store.ts';
import { Watch } from './watch.ts';

export interface WatchtowerParts {
  config: WatchtowerConfig;
  store: Store;
  log: EventLog;
  clock?: Clock;
  /** With peers that dawdle; a few seconds where it is not given. */
  patience?: Patience;
}

export interface Watchtower {
  readonly port: number;
  readonly counters: Readonly<Counters>;
  /** Within 5 s; closes the store, too. */
  stop(): Promise<void>;
}

/** Time between two checks, milliseconds. */
export const checkMs = 15_000;

/** Starts to listen and to watch. Rejects when the address or the database cannot be used. */
export async function startWatchtower({
  config,
  store,
  clock = systemClock,
  patience = usualPatience,
  ...parts
}: WatchtowerParts): Promise<Watchtower> {
  const log = redactLog(parts.log, createRedactor(secretsOf(config)));
  const controller = new AbortController();
  const { signal } = controller;
  const { mqtt } = config;
  const roster = new Roster();
  const counters = createCounters();
  const channels = openByName(config, clock);
  const courier = new Courier({ store, channels, counters, clock, log, signal });
  const watch = new Watch({
    store,
    roster,
    counters,
    clock,
    log,
    signal,
    rules: { everyMs: checkMs, reminderMs: config.reminderMinutes * 60_000 },
    channels: [...channels.keys()],
    moment: createMomentText(config.timeZone),
    onHealth(isHealthy) {
      mqttBeats?.setPaused(!isHealthy);
      if (!isHealthy) sockets.closeAll();
    },
  });
  const gate = new Gate({ roster, counters, clock, log, onReturn: () => watch.hurry() });
  const mqttBeats = mqtt && new MqttBeats({ mqtt, gate, roster, clock, log });
  const sockets = new Sockets({ gate, counters, clock });
  const isHealthy = (): boolean => watch.isHealthy;
  const routes = createRoutes({ config, gate, store, counters, clock, log, isHealthy });
  const listener = await watch
    .start()
    .then(() => listen({ config, gate, sockets, routes, isHealthy, log, patience }))
    .catch(async (error: unknown) => {
      controller.abort();
      await store.close();
      throw error;
    });
  watch.afterCheck(() => {
    courier.wake();
    listener.refreshTls();
  });
  courier.start();
  mqttBeats?.start();
  log.info(`Listening on ${config.listen.host}:${listener.port}, watching ${roster.size} homes.`);
  return {
    port: listener.port,
    counters,
    async stop() {
      if (signal.aborted) return;
      controller.abort();
      await Promise.all([listener.stop(), mqttBeats?.stop()]);
      await Promise.all([courier.settle(), watch.settle()]);
      await store.close();
    },
  };
}

function openByName(config: WatchtowerConfig, clock: Clock): Map<string, Channel> {
  const opened = openChannels(config.channels, clock);
  return new Map(config.channels.flatMap((one, index) => (opened[index] ? [[channelName(one), opened[index]]] : [])));
}

function secretsOf({ page, metrics, mqtt }: WatchtowerConfig): string[] {
  return [page.password, metrics.token, mqtt?.password].filter((secret) => secret !== undefined);
}
