import type { Bus } from '@porchlight/core';
import { nothingKnown, watchSource, type SourceInput, type SourceWatch } from '../../domain/source-watch.ts';

/** Follows on the bus which sensors there are and whether they answer. */
export function watchSources(
  bus: Bus,
  ownService: string,
  onChange: () => void,
): { current(): SourceWatch; stop(): void } {
  let watch = nothingKnown;
  const take = (input: SourceInput): void => {
    const next = watchSource(watch, input);
    if (next === watch) return;
    watch = next;
    onChange();
  };
  const stops = [
    bus.onServiceStatus((service, { state }) => take({ type: 'service', service, isOnline: state === 'online' })),
    bus.onState({ capability: 'motion' }, ({ service, device }, state) => {
      if (service !== ownService)
        take({ type: 'sensor', device: `${service}/${device}`, isPresent: state !== undefined });
    }),
    bus.onState({ capability: 'health' }, ({ service, device }, state) => {
      const isReachable = state === undefined || state.reachable !== false;
      if (service !== ownService) take({ type: 'health', device: `${service}/${device}`, isReachable });
    }),
  ];
  return {
    current: () => watch,
    stop() {
      for (const stop of stops) stop();
    },
  };
}
