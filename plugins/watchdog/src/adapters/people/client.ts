import type { WatchdogConfig } from '@porchlight/config-schemas';
import type { ServiceContext } from '@porchlight/core';
import { createNotifier } from '@porchlight/notify';
import type { People } from '../../ports.ts';

/** Tells people through the configured channels. */
export function openPeople({ notifications, timeZone, name }: WatchdogConfig, context: ServiceContext): People {
  const notifier = createNotifier({ ...notifications, timeZone, ...context });
  return {
    tell: (key, severity, text) => notifier.notify({ key, severity, title: name, text }),
    stop: () => notifier.stop(),
  };
}
