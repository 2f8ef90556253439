import type { ProbeResult } from './probe.ts';

/** What is broken. */
export type OutageCause = 'local-link' | 'lan' | 'wan' | 'dns' | 'captive-portal';

/** What one round of probes says. `broken` says nothing about the connection. */
export type Verdict =
  | { status: 'online' }
  | { status: 'degraded'; problem: string }
  | { status: 'offline'; cause: OutageCause }
  | { status: 'broken'; problem: string };

export interface RoundFacts {
  results: readonly ProbeResult[];
  /** False when this machine itself has no link or no route; undefined where that cannot be told. */
  hasLink?: boolean;
  /** The router has answered before; one that never does says nothing by its silence. */
  isRouterKnown: boolean;
  /** Owners whose probes must succeed. */
  minHealthy: number;
}

/** Judges one round: any owner's success counts, and the pattern of the failures tells the cause. */
export function judgeRound({ results, hasLink, isRouterKnown, minHealthy }: RoundFacts): Verdict {
  const outside = results.filter(({ group }) => group !== 'router');
  const working = outside.filter(({ outcome }) => outcome.ok || outcome.why !== 'broken');
  const witnesses = findWitnesses(working);
  const healthy = witnesses.filter(({ outcome }) => outcome.ok);
  if (isCaptive(working)) return { status: 'offline', cause: 'captive-portal' };
  if (countOwners(healthy) >= Math.min(minHealthy, Math.max(1, countOwners(witnesses)))) {
    return isDnsDead(working) ? { status: 'offline', cause: 'dns' } : judgeHealthy(outside);
  }
  if (hasLink === false) return { status: 'offline', cause: 'local-link' };
  if (working.length === 0) return { status: 'broken', problem: describeFailures(outside) };
  const router = results.filter(({ group }) => group === 'router');
  const isRouterDead = isRouterKnown && router.length > 0 && router.every(({ outcome }) => isSilent(outcome));
  return { status: 'offline', cause: isRouterDead ? 'lan' : 'wan' };
}

/** A resolver in the house answers from memory while the line is dead: it proves nothing, unless it is all that is asked. */
function findWitnesses(results: readonly ProbeResult[]): readonly ProbeResult[] {
  const far = results.filter(({ isSystemResolver }) => !isSystemResolver);
  return far.length > 0 ? far : results;
}

/** Something answers for the web, but nobody who was asked. */
function isCaptive(results: readonly ProbeResult[]): boolean {
  const web = results.filter(({ group }) => group === 'web');
  const isForeign = web.some(({ outcome }) => !outcome.ok && outcome.why === 'other-content');
  return isForeign && !web.some(({ outcome }) => outcome.ok);
}

/** Addresses answer, but no name is resolved: for the people in the house there is no internet. */
function isDnsDead(results: readonly ProbeResult[]): boolean {
  const names = results.filter(({ group }) => group === 'names');
  const system = names.filter(({ isSystemResolver }) => isSystemResolver);
  const asked = system.length > 0 ? system : names;
  const isWebAlive = results.some(({ group, outcome }) => group === 'web' && outcome.ok);
  return asked.length > 0 && !isWebAlive && asked.every(({ outcome }) => !outcome.ok);
}

function judgeHealthy(outside: readonly ProbeResult[]): Verdict {
  const groups = [...new Set(outside.map(({ group }) => group))];
  const dead = groups.filter((group) => outside.every((result) => result.group !== group || !result.outcome.ok));
  const failed = outside.filter(({ outcome }) => !outcome.ok);
  if (dead.length === 0 && failed.length * 2 <= outside.length) return { status: 'online' };
  return { status: 'degraded', problem: describeFailures(failed) };
}

function isSilent(outcome: ProbeResult['outcome']): boolean {
  return !outcome.ok && outcome.why !== 'broken';
}

function countOwners(results: readonly ProbeResult[]): number {
  return new Set(results.map(({ owner }) => owner)).size;
}

function describeFailures(results: readonly ProbeResult[]): string {
  return results.flatMap(({ label, outcome }) => (outcome.ok ? [] : [`${label}: ${outcome.problem}`])).join('; ');
}
