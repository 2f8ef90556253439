import type { WatchdogConfig } from '@porchlight/config-schemas';
import type { Devices, ServiceContext } from '@porchlight/core';
import { WatchdogDevices, type WatchdogCommands } from './devices/client.ts';
import { ElapsedClock } from './elapsed/client.ts';
import { startHeartbeats } from './heartbeat/all.ts';
import { History } from './history/client.ts';
import { WatchdogMemory } from './memory/client.ts';
import { emptyMemory, memorySchema } from './memory/schema.ts';
import { openPeople } from './people/client.ts';
import { openPlug } from './plug/client.ts';

/** Everything through which the watchdog meets the world, its probes apart. */
export type Adapters = ReturnType<typeof openAdapters>;

export interface AdapterParts {
  config: WatchdogConfig;
  context: ServiceContext;
  devices: Devices;
  version: string;
}

export function openAdapters({ config, context, devices, version }: AdapterParts, commands: WatchdogCommands) {
  const { storage, clock, log, bus } = context;
  const elapsed = new ElapsedClock(clock);
  const { device: address, offSeconds } = config;
  return {
    elapsed,
    memory: new WatchdogMemory(storage.document('watchdog', memorySchema, emptyMemory), elapsed, { clock, log }),
    history: new History(storage.journal('outages'), log),
    devices: new WatchdogDevices(devices, config, commands),
    people: openPeople(config, context),
    plug: address === undefined ? undefined : openPlug(bus, { address, offSeconds, onCycle: commands.cycleSeen }),
    heartbeat: startHeartbeats(config, version, context),
  };
}
