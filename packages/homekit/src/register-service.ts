import type { Log, ServiceConfig, ServiceDefinition } from '@porchlight/core';
import type { API, Logging, PlatformConfig } from 'homebridge';
import type { PluginIdentity } from './accessory-mirror.ts';
import { ServicePlatform, type PlatformParts } from './service-platform.ts';

/** Makes Homebridge's initializer of a plugin: its whole `index.ts`. */
export function registerService<C extends ServiceConfig>(
  definition: ServiceDefinition<C>,
  identity: PluginIdentity,
  parts: Pick<PlatformParts<C>, 'run' | 'clock'> = {},
): (api: API) => void {
  return (api) => {
    class Platform extends ServicePlatform<C> {
      constructor(logging: Logging, config: PlatformConfig, hostApi: API) {
        super({ ...parts, definition, identity, api: hostApi, log: toLog(logging), config });
      }
    }
    api.registerPlatform(identity.plugin, identity.platform, Platform);
  };
}

function toLog(logging: Logging): Log {
  return {
    error: (message) => logging.error(message),
    warn: (message) => logging.warn(message),
    info: (message) => logging.info(message),
    debug: (message) => logging.debug(message),
  };
}
