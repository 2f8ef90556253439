import type { Outage } from './outage.ts';

/** What of the home can be reached now. */
export interface HomeNetworkState {
  router: 'off' | 'booting' | 'up';
  /** Whether the plug, and what else is on the local network, can be reached. */
  hasLan: boolean;
  /** Whether the router itself answers. */
  hasGateway: boolean;
  hasInternet: boolean;
  outage: Outage | undefined;
  /** How often the router has come up since the start; 0 at first. */
  reboots: number;
}
