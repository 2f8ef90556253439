import { buildHouse, startHost } from '@porchlight/host';
import { servicesFolder, type Home } from './folder.ts';
import { describeHost } from './platforms.ts';
import type { World } from './world.ts';

/** The host beside Homebridge: it copies the footage around an alarm, and announces all devices to Home Assistant. */
export function startBeside(home: Home, world: World, say: (line: string) => void): Promise<{ stop(): Promise<void> }> {
  const house = buildHouse(describeHost(home, world), {});
  const tell = (line: string): void => {
    if (line.includes('Footage of')) say(line.replace(/^footage: /, ''));
  };
  return startHost({
    house,
    stateFolder: servicesFolder,
    log: { error: say, warn: say, info: tell, debug: () => undefined },
  });
}
