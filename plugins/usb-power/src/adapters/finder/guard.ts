import { describeRefusal, listVictims } from '../../domain/safety.ts';
import { refused } from '../../errors.ts';
import type { PowerPort } from '../../ports.ts';
import type { Sysfs } from '../sysfs/client.ts';

export interface GuardedCircuit {
  /** All ports that lose power. */
  affected: readonly string[];
  /** The port of the lamp, when the lamp itself was named. */
  lamp?: string;
}

/** Looks each time before power goes what hangs on it now: things are plugged in and out. */
export function guardOthers(power: PowerPort, sysfs: Sysfs, { affected, lamp }: GuardedCircuit): PowerPort {
  return {
    read: () => power.read(),
    close: () => power.close(),
    async set(on) {
      if (!on) {
        const devices = await sysfs.devicesOn(affected);
        const victims = listVictims({ devices, ...(lamp !== undefined && { lamp }) });
        if (victims.length > 0) throw refused(describeRefusal(victims));
      }
      await power.set(on);
    },
  };
}
