import { problem, type Finding } from './finding.ts';
import type { Tree } from './tree.ts';

const lockfile = 'package-lock.json';

/** The lock file names versions and checksums, no registry: everyone installs from the one they have. */
export function checkLockfile(tree: Tree): Finding[] {
  if (!tree.has(lockfile)) return [];
  const addresses = new Set(tree.read(lockfile).match(/(?<="resolved": ")[a-z+]+:\/\/[^/"]+/g));
  return [...addresses].map((address) =>
    problem(lockfile, `names ${address}; set omit-lockfile-registry-resolved in .npmrc and install again`),
  );
}
