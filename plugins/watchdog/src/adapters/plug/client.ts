import { PorchlightError, type Bus, type StateOf } from '@porchlight/core';
import type { RouterPlug } from '../../ports.ts';

/** What the plug needs beside the time without power: reading back, and waiting until it can be reached again. */
const answerMs = 300_000;

export interface PlugOptions {
  /** `smart-plug/router` */
  address: string;
  offSeconds: number;
  /** It has begun to restart the router. */
  onCycle(): void;
}

/** The plug that feeds the router, on the bus. */
export function openPlug(bus: Bus, { address, offSeconds, onCycle }: PlugOptions): RouterPlug {
  const [service = '', device = ''] = address.split('/');
  let phase: StateOf<'power-cycle'>['phase'] | undefined;
  // A broker that takes the place of another may know nothing, and tell nothing of a plug that is gone.
  let isHeard = false;
  let isServed = true;
  let problem: string | undefined;
  const isCycling = (): boolean => phase === 'off' || phase === 'restoring';
  const stops = [
    bus.onState({ service, device, capability: 'power-cycle' }, (_address, state) => {
      const wasCycling = isCycling();
      phase = state?.phase;
      isHeard = state !== undefined;
      if (phase === 'off' && !wasCycling) onCycle();
    }),
    bus.onState({ service, device, capability: 'health' }, (_address, state) => {
      problem = state?.reachable === false ? (state.problem ?? 'it does not answer') : undefined;
    }),
    bus.onServiceStatus((name, { state }) => {
      if (name === service) isServed = state === 'online';
    }),
    bus.onConnection((isConnected) => {
      if (!isConnected) isHeard = false;
    }),
  ];
  return {
    obstacle() {
      if (!bus.connected) return 'there is no connection to the MQTT broker';
      if (!isHeard) return `there is no plug ${address} on the bus`;
      if (!isServed) return `the service ${service} is offline`;
      return problem === undefined ? undefined : `the plug ${address} cannot be reached: ${problem}`;
    },
    isBusy: () => isHeard && isServed && isCycling(),
    async powerCycle(reason) {
      if (!bus.connected) throw new PorchlightError('bus.offline', 'There is no connection to the MQTT broker.');
      const command = { action: 'run', offSeconds, reason } as const;
      const target = { service, device, capability: 'power-cycle' } as const;
      await bus.command(target, command, { timeoutMs: offSeconds * 1000 + answerMs });
    },
    stop() {
      for (const stop of stops) stop();
    },
  };
}
