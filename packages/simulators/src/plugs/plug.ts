import type { Faults } from '../shared/faults.ts';
import type { HttpSimulator } from '../shared/http.ts';
import type { Relay } from './relay.ts';

/** What every simulated plug on the network has. */
export interface PlugSimulator {
  /** Port on loopback. */
  port: number;
  relay: Relay;
  close(): Promise<void>;
}

export interface HttpPlug extends PlugSimulator {
  faults: Faults;
  requests: HttpSimulator['requests'];
}

/** What flows through a plug while its contact is closed. */
export interface Load {
  watts: number;
  volts: number;
}

export const routerLoad: Load = { watts: 8.4, volts: 229.7 };
