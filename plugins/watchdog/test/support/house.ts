import { watchdogSchema, type WatchdogConfig } from '@porchlight/config-schemas';
import { parseConfig, type DeviceChange, type Service } from '@porchlight/core';
import { buildContext, type FakeContext } from '@porchlight/core/testing';
import type { ProbeOutcome, ProbeResult } from '../../src/domain/probe.ts';
import type { Probes } from '../../src/ports.ts';
import { createWatchdog } from '../../src/service.ts';

export const plug = { service: 'smart-plug', device: 'router' };

export function parse(raw: object): WatchdogConfig {
  const parsed = parseConfig(watchdogSchema, raw);
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
  return parsed.config;
}

/** An internet that the test switches on and off. */
export interface Line {
  isUp: boolean;
  isRouterUp: boolean;
  outcome?: ProbeOutcome;
}

const ok: ProbeOutcome = { ok: true, latencyMs: 12.34 };
const silent: ProbeOutcome = { ok: false, why: 'silent', problem: 'no answer' };

export function lineProbes(line: Line): Probes {
  return {
    async ask() {
      const outside = line.outcome ?? (line.isUp ? ok : silent);
      const result = (label: string, group: ProbeResult['group'], outcome: ProbeOutcome): ProbeResult => {
        return { label, group, owner: label, outcome };
      };
      const router = result('router', 'router', line.isRouterUp ? ok : silent);
      return { results: [result('a', 'address', outside), result('n', 'names', outside), router], isRouterKnown: true };
    },
  };
}

export interface House {
  context: FakeContext;
  service: Service;
  line: Line;
  changes: DeviceChange[];
  status(): string | undefined;
  figures(): Record<string, unknown>;
  /** Seconds go by. */
  pass(seconds: number): Promise<void>;
  /** The reboots that the plug was told. */
  commands(): unknown[];
}

/** A watchdog in a house that the test plays. Pass an earlier one to play a restart. */
export async function startHouse(raw: object = {}, earlier?: House): Promise<House> {
  const context = buildContext(earlier && { storage: earlier.context.storage, clock: earlier.context.clock });
  const line = earlier?.line ?? { isUp: true, isRouterUp: true };
  const service = createWatchdog(parse(raw), context, lineProbes(line));
  const changes: DeviceChange[] = [];
  service.devices.subscribe((change) => changes.push(change));
  await service.start();
  context.bus.setState(plug, 'power-cycle', { phase: 'idle' });
  await context.clock.advance(0);
  return {
    context,
    service,
    line,
    changes,
    status: () => service.devices.state('internet', 'connectivity')?.status,
    figures: () => service.devices.state('internet', 'measurement')?.values ?? {},
    pass: (seconds) => context.clock.advance(seconds * 1000),
    commands: () => context.bus.commands.map(({ command }) => command),
  };
}
