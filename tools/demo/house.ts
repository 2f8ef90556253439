import type { BusClient } from '@porchlight/bus';
import type { Sensors } from './sensors.ts';

/** What the story and the keys act on. */
export interface House {
  client: BusClient;
  sensors: Sensors;
  say: (line: string) => void;
}
