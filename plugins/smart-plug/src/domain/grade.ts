/**
 * How sure it is that a plug comes back without us. A: one message, timer in the plug. B: the same, with a way in which
 * the timer can be lost. C: this machine switches it on, by a way that needs no router. D: this machine, over the network.
 */
export type Grade = 'A' | 'B' | 'C' | 'D';

export const gradeText: Readonly<Record<Grade, string>> = {
  A: 'comes back by itself',
  B: 'comes back by itself, unless its timer is lost',
  C: 'is switched on again by this machine',
  D: 'is switched on again by this machine over the network',
};

/** Whether the plug itself comes back on. */
export function holdsTimer(grade: Grade): boolean {
  return grade === 'A' || grade === 'B';
}

/** A passed test, as it stands on disk. It holds for the plug and the way to it that were tested. */
export interface Proof {
  fingerprint: string;
  grade: Grade;
  /** Epoch milliseconds. */
  verifiedAt: number;
}

export interface Facts {
  name: string;
  feedsRouter: boolean;
  allowUnproven: boolean;
  grade: Grade;
  fingerprint: string;
  proof: Proof | undefined;
}

/** Whether the proof is about this plug, reached in this way, whose grade has not become worse. */
export function isProven({ proof, fingerprint, grade }: Facts): boolean {
  return proof !== undefined && proof.fingerprint === fingerprint && grade <= proof.grade;
}

/** Why nobody but a person may restart this plug; undefined when others may. */
export function refusalFor(facts: Facts): string | undefined {
  const { name, feedsRouter, allowUnproven, grade } = facts;
  if (!feedsRouter || allowUnproven) return undefined;
  const override = 'set "allowUnproven" to take the risk';
  if (grade === 'D') return `${name} ${gradeText.D}, which is gone by then; ${override}`;
  if (!isProven(facts)) return `${name} has not passed its test: run "porchlight plug test", or ${override}`;
  return undefined;
}
