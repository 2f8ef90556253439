import { errorCode } from '@porchlight/core';
import { readFile } from 'node:fs/promises';
import type { ProbeOutcome } from '../../domain/probe.ts';
import type { Probe } from '../../ports.ts';
import { lookup } from '../dns/client.ts';
import { broken, silent } from '../outcome.ts';
import { probePing } from '../ping/client.ts';
import { probeTcp } from '../tcp/client.ts';
import { parseRoutes } from './map.ts';

/** What this machine knows of its way out; undefined where the system does not say (no Linux). */
export interface RouteFacts {
  hasLink: boolean;
  gateway?: string;
}

/** Reads route and carrier; `root` is `/` outside tests. */
export async function readRoute(root = '/'): Promise<RouteFacts | undefined> {
  try {
    const table = await readFile(`${root}proc/net/route`, 'utf8');
    const route = parseRoutes(table);
    // A machine with IPv6 alone has no route in this table.
    if (!route) return (await hasIpv6Route(root)) ? undefined : { hasLink: false };
    const carrier = await readFile(`${root}sys/class/net/${route.device}/carrier`, 'utf8').catch(() => '1');
    // On a line without a next hop (PPP) there is no router to ask.
    const gateway = route.gateway === '0.0.0.0' ? {} : { gateway: route.gateway };
    return { hasLink: carrier.trim() !== '0', ...gateway };
  } catch (error) {
    if (errorCode(error) !== undefined) return undefined;
    throw error;
  }
}

async function hasIpv6Route(root: string): Promise<boolean> {
  const table = await readFile(`${root}proc/net/ipv6_route`, 'utf8').catch(() => '');
  return table.split('\n').some((line) => /^0{32} 00 .*(?<! lo)$/.test(line));
}

/** Ports that routers listen on; a refusal counts. */
const ports = [53, 80, 443];

/** The router itself: any sign of life will do, also the refusal of a connection. */
export function gatewayProbe(address: () => string | undefined, timeoutSeconds: number): Probe {
  // A program is started only for routers that answer to nothing else.
  let isPingNeeded = false;
  return {
    label: 'router',
    group: 'router',
    owner: 'router',
    async run(signal) {
      const host = address();
      if (host === undefined) return broken('its address is not known');
      const done = new AbortController();
      const either = AbortSignal.any([signal, done.signal]);
      const isPinged = isPingNeeded;
      const tcp = firstAlive(ports.map((port) => probeTcp({ host, port, lookup }, either))).then((outcome) => {
        isPingNeeded = !outcome.ok;
        return outcome;
      });
      const outcome = await firstAlive(isPinged ? [tcp, probePing({ host, timeoutSeconds }, either)] : [tcp]);
      done.abort();
      return outcome;
    },
  };
}

/** The first success, or silence when there is none. */
async function firstAlive(checks: readonly Promise<ProbeOutcome>[]): Promise<ProbeOutcome> {
  const alive = checks.map(async (check) => {
    const outcome = await check;
    if (!outcome.ok) throw new Error(outcome.problem);
    return outcome;
  });
  return Promise.any(alive).catch(() => silent('no answer'));
}
