import { problem, warning, type Finding } from './finding.ts';
import type { Tree } from './tree.ts';

const maxLines = 250;

/** Longer files, each with the reason why it stays in one piece. */
const longFiles: Record<string, string> = {};

const codeFolders = ['packages', 'plugins', 'config-schemas', 'tools', 'bench', 'e2e'];
const kebabCase = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*$/;

/** Files and folders in kebab-case, and files that a reader can take in at once. */
export function checkFiles(tree: Tree): Finding[] {
  const files = codeFolders.flatMap((folder) => tree.files(folder)).filter((file) => /\.(ts|mjs|js)$/.test(file));
  return files.flatMap((file) => [...checkName(file), ...checkLength(tree, file)]);
}

function checkName(file: string): Finding[] {
  const odd = file.split('/').filter((part) => !kebabCase.test(part));
  return odd.map((part) => problem(file, `"${part}" is not in kebab-case`));
}

function checkLength(tree: Tree, file: string): Finding[] {
  if (file in longFiles) return [];
  const lines = tree.read(file).split('\n').length;
  return lines > maxLines ? [warning(file, `has ${lines} lines; ${maxLines} are the limit`)] : [];
}
