import type { ProbeConfig } from '@porchlight/config-schemas';
import type { Probe } from '../../ports.ts';
import { probeCommand } from '../command/client.ts';
import { lookup, probeDns } from '../dns/client.ts';
import { probeHttp } from '../http/client.ts';
import { probePing } from '../ping/client.ts';
import { probeTcp } from '../tcp/client.ts';

/** One configured check as a probe. */
export function toProbe(config: ProbeConfig, timeoutSeconds: number): Probe {
  switch (config.type) {
    case 'tcp': {
      const { host, port } = config;
      const run: Probe['run'] = (signal) => probeTcp({ host, port, lookup }, signal);
      return { label: `tcp ${host}:${port}`, group: 'address', owner: config.owner ?? host, run };
    }
    case 'ping': {
      const { host } = config;
      const run: Probe['run'] = (signal) => probePing({ host, timeoutSeconds }, signal);
      return { label: `ping ${host}`, group: 'address', owner: config.owner ?? host, run };
    }
    case 'dns': {
      const { server, query } = config;
      const run: Probe['run'] = (signal) => probeDns({ server, query }, signal);
      const isSystemResolver = server === 'system';
      return { label: `dns ${server}`, group: 'names', owner: config.owner ?? server, isSystemResolver, run };
    }
    case 'http': {
      const { url, status, body } = config;
      const { host } = new URL(url);
      const target = { url, status, lookup, ...(body !== undefined && { body }) };
      return {
        label: `web ${host}`,
        group: 'web',
        owner: config.owner ?? host,
        run: (signal) => probeHttp(target, signal),
      };
    }
    case 'command': {
      const [program = ''] = config.command;
      const run: Probe['run'] = (signal) => probeCommand(config.command, signal);
      return { label: `command ${program}`, group: 'address', owner: config.owner ?? program, run };
    }
  }
}
