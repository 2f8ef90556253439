import type { Bus } from '@porchlight/core';
import {
  isSource,
  listOffline,
  nothingKnown,
  watchSource,
  type SourceInput,
  type SourceWatch,
} from '../../domain/source-watch.ts';

const ownService = 'event-alarm';

export interface Sources {
  /** What cannot ring the alarm now: chosen sensors, by service/device, or the broker, and with it all of them. */
  listOffline(): string[];
  stop(): void;
}

/** Follows on the bus which of the chosen sensors there are and whether they answer. */
export function watchSources(
  bus: Bus,
  chosen: { services: readonly string[]; devices: readonly string[] },
  onChange: () => void,
): Sources {
  let watch: SourceWatch = { ...nothingKnown, isConnected: bus.connected };
  const take = (input: SourceInput): void => {
    const next = watchSource(watch, input);
    if (next === watch) return;
    watch = next;
    onChange();
  };
  const stops = [
    bus.onConnection((isConnected) => take({ type: 'broker', isConnected })),
    bus.onServiceStatus((service, { state }) => take({ type: 'service', service, isOnline: state === 'online' })),
    bus.onState({ capability: 'motion' }, ({ service, device }, state) => {
      if (service === ownService) return;
      take({ type: 'sensor', device: `${service}/${device}`, isPresent: state !== undefined });
    }),
    bus.onState({ capability: 'health' }, ({ service, device }, state) => {
      if (service === ownService) return;
      take({ type: 'health', device: `${service}/${device}`, isReachable: state?.reachable !== false });
    }),
  ];
  return {
    listOffline: () => listOffline(watch, (device) => isSource(device, chosen.services, chosen.devices)),
    stop() {
      for (const stop of stops) stop();
    },
  };
}
