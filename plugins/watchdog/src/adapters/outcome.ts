import type { ProbeOutcome } from '../domain/probe.ts';

export const silent = (problem: string): ProbeOutcome => ({ ok: false, why: 'silent', problem });
export const noName = (problem: string): ProbeOutcome => ({ ok: false, why: 'no-name', problem });
export const otherContent = (problem: string): ProbeOutcome => ({ ok: false, why: 'other-content', problem });
export const broken = (problem: string): ProbeOutcome => ({ ok: false, why: 'broken', problem });

/** Milliseconds from now to the call. */
export function stopwatch(): () => number {
  const startedAt = performance.now();
  return () => performance.now() - startedAt;
}
