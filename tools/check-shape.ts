import { argv, exit } from 'node:process';
import { fileURLToPath } from 'node:url';
import { checkFiles } from './shape/files.ts';
import type { Finding } from './shape/finding.ts';
import { checkImports } from './shape/imports.ts';
import { checkLockfile } from './shape/lockfile.ts';
import { checkPlugins } from './shape/plugins.ts';
import { openTree } from './shape/tree.ts';

/** Everything that is out of shape in the repository at `root`. */
export function checkShape(root: string): Finding[] {
  const tree = openTree(root);
  return [...checkPlugins(tree), ...checkImports(tree), ...checkFiles(tree), ...checkLockfile(tree)];
}

if (import.meta.main) {
  const root = argv[2] ?? fileURLToPath(new URL('..', import.meta.url));
  const findings = checkShape(root);
  for (const { level, where, what } of findings) console.log(`${level}: ${where}: ${what}`);
  const problems = findings.filter(({ level }) => level === 'problem').length;
  console.log(`shape: ${problems} problems, ${findings.length - problems} warnings`);
  exit(problems > 0 ? 1 : 0);
}
