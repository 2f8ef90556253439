import type { ProbeGroup, ProbeResult } from './probe.ts';

/** Rounds in a row in which nothing of a group answered. A group that is not asked, or is broken, has no entry. */
export type GroupWatch = Partial<Record<ProbeGroup, number>>;

/** Counts one more round. */
export function watchGroups(watch: GroupWatch, results: readonly ProbeResult[]): GroupWatch {
  const next: GroupWatch = {};
  for (const { group, outcome } of results) {
    if (!outcome.ok && outcome.why === 'broken') continue;
    const failed = next[group] === 0 || outcome.ok ? 0 : (watch[group] ?? 0) + 1;
    next[group] = failed;
  }
  return next;
}
