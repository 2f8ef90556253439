/** What a probe looks at; a cause is told by which groups fail together. */
export type ProbeGroup = 'address' | 'names' | 'web' | 'router';

/**
 * What one probe found. `broken` is trouble of the probe itself (no permission, no such program) and says nothing about
 * the connection; `other-content` is an answer, but not from whom it was asked: a login page in between.
 */
export type ProbeOutcome =
  | { ok: true; latencyMs: number }
  | { ok: false; why: 'silent' | 'no-name' | 'other-content' | 'broken'; problem: string };

export interface ProbeResult {
  /** For people: `tcp 1.1.1.1:443`. */
  label: string;
  group: ProbeGroup;
  /** Who runs the other side; probes of one owner count once. */
  owner: string;
  /** For `names`: asks the resolver that the house uses. */
  isSystemResolver?: boolean;
  outcome: ProbeOutcome;
}
