import { connect, type BusClient } from '@porchlight/bus';
import { brokerSchema } from '@porchlight/config-schemas';
import { silentLog, type StateOf } from '@porchlight/core';
import { systemClock } from '@porchlight/core/node';
import { servicesFolder } from './folder.ts';

export interface Commentary {
  readonly client: BusClient;
  stop(): Promise<void>;
}

/** A switch that changes sooner than this after its last change is flashing, milliseconds. */
const flashMs = 2_500;

/** Tells what happens in the house, as anyone on the bus can see it. */
export function startCommentary(brokerPort: number, say: (line: string) => void): Commentary {
  const settings = brokerSchema.parse({ port: brokerPort });
  const common = { clock: systemClock, log: silentLog };
  const link = connect(settings, { ...common, clientId: 'demo-commentary', folder: servicesFolder });
  const { client } = link;
  client.onEvent({ type: 'motion' }, ({ name, label }) => say(`${name}: somebody moves${label ? ` (${label})` : ''}`));
  client.onEvent({ type: 'doorbell' }, ({ name }) => say(`${name}: somebody rings`));
  const sayAlarm = onChange((line) => say(`Alarm: ${line}`));
  client.onState({ service: 'event-alarm', capability: 'alarm' }, (_address, state) => {
    if (state) sayAlarm(describeAlarm(state));
  });
  const sayInternet = onChange((line) => say(`Internet: ${line}`));
  client.onState({ service: 'watchdog', capability: 'connectivity' }, (_address, state) => {
    if (state) sayInternet(`${state.status}${state.cause ? ` (${state.cause})` : ''}`);
  });
  tellSwitches(client, say);
  link.connection.start();
  return { client, stop: () => link.stop() };
}

function tellSwitches(client: BusClient, say: (line: string) => void): void {
  const last = new Map<string, { on: boolean; at: number }>();
  client.onState({ capability: 'switch' }, ({ service, device }, state) => {
    const key = `${service}/${device}`;
    const known = last.get(key);
    if (!state || known?.on === state.on) return;
    const at = performance.now();
    last.set(key, { on: state.on, at });
    if (known && at - known.at > flashMs) say(`${key} goes ${state.on ? 'on' : 'off'}`);
  });
}

function describeAlarm({ mode, phase, reason }: StateOf<'alarm'>): string {
  const why = reason ? `: ${reason}` : '';
  switch (phase) {
    case 'idle':
      return `disarmed${why}`;
    case 'arming':
      return `arming (${mode})`;
    case 'armed':
      return `armed (${mode})`;
    case 'pending':
      return `about to ring${why}`;
    case 'triggered':
      return `RINGING${why}`;
  }
}

function onChange(say: (line: string) => void): (line: string) => void {
  let last = '';
  return (line) => {
    if (line !== last) say(line);
    last = line;
  };
}
