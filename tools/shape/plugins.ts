import { problem, type Finding } from './finding.ts';
import { checkQuality } from './quality.ts';
import type { Tree } from './tree.ts';

const requiredFiles = [
  'package.json',
  'tsconfig.json',
  'README.md',
  'CHANGELOG.md',
  'config.schema.json',
  'quality.yaml',
  'src/index.ts',
  'src/service.ts',
  'src/ports.ts',
  'test/service.test.ts',
];
const rootEntries = new Set([...requiredFiles.map((file) => file.split('/')[0]), 'homebridge-ui']);
const sourceEntries = new Set(['index.ts', 'service.ts', 'ports.ts', 'errors.ts', 'domain', 'adapters']);
const adapterFiles = ['client.ts'];
const maxIndexLines = 10;
const maxServiceLines = 150;

/** Every plugin has one shape, so that who knows one knows them all. */
export function checkPlugins(tree: Tree): Finding[] {
  return tree
    .folders('plugins')
    .flatMap((name) => [
      ...checkLayout(tree, name),
      ...checkSources(tree, name),
      ...checkPackage(tree, name),
      ...checkReadme(tree, name),
      ...checkQuality(tree, name),
    ]);
}

function checkLayout(tree: Tree, name: string): Finding[] {
  const folder = `plugins/${name}`;
  const missing = requiredFiles.filter((file) => !tree.has(`${folder}/${file}`));
  const entries = new Set(tree.files(folder).map((file) => file.slice(folder.length + 1).split('/')[0]));
  const odd = [...entries].filter((entry) => !rootEntries.has(entry) && !entry?.endsWith('.tsbuildinfo'));
  const findings = [
    ...missing.map((file) => problem(`${folder}/${file}`, 'is missing')),
    ...odd.map((entry) => problem(`${folder}/${entry}`, 'does not belong to the shape of a plugin')),
  ];
  if (!tree.files(`${folder}/src/domain`).length) findings.push(problem(`${folder}/src/domain`, 'is missing'));
  if (!tree.has(`config-schemas/src/${name}.ts`)) {
    findings.push(problem(`config-schemas/src/${name}.ts`, 'is missing: the schema of the configuration'));
  }
  return findings;
}

function checkSources(tree: Tree, name: string): Finding[] {
  const source = `plugins/${name}/src`;
  const inside = tree.files(source).map((file) => file.slice(source.length + 1));
  const odd = inside.filter((file) => !sourceEntries.has(file.split('/')[0] ?? ''));
  const adapters = tree
    .folders(`${source}/adapters`)
    .flatMap((adapter) =>
      adapterFiles
        .filter((file) => !tree.has(`${source}/adapters/${adapter}/${file}`))
        .map((file) => problem(`${source}/adapters/${adapter}/${file}`, 'is missing')),
    );
  return [
    ...odd.map((file) => problem(`${source}/${file}`, 'belongs into domain/ or adapters/<what>/')),
    ...adapters,
    ...checkLines(tree, `${source}/index.ts`, maxIndexLines),
    ...checkLines(tree, `${source}/service.ts`, maxServiceLines),
  ];
}

function checkLines(tree: Tree, file: string, most: number): Finding[] {
  if (!tree.has(file)) return [];
  const lines = tree.read(file).trimEnd().split('\n').length;
  return lines > most ? [problem(file, `has ${lines} lines; ${most} are the limit of this file`)] : [];
}

interface PackageFile {
  name?: string;
  displayName?: string;
  type?: string;
  keywords?: string[];
  files?: string[];
  engines?: Record<string, string>;
  exports?: Record<string, unknown>;
}

function checkPackage(tree: Tree, name: string): Finding[] {
  const where = `plugins/${name}/package.json`;
  if (!tree.has(where)) return [];
  const file = JSON.parse(tree.read(where)) as PackageFile;
  const facts: [boolean, string][] = [
    [file.name === `homebridge-porchlight-${name}`, `name must be homebridge-porchlight-${name}`],
    [Boolean(file.displayName), 'displayName is missing; the Homebridge UI shows it'],
    [file.type === 'module', 'type must be module'],
    [file.keywords?.includes('homebridge-plugin') ?? false, 'keywords must hold homebridge-plugin'],
    [Boolean(file.engines?.['node'] && file.engines['homebridge']), 'engines must name node and homebridge'],
    [Boolean(file.exports?.['.'] && file.exports['./service']), 'exports must be "." and "./service"'],
    [
      ['dist', 'config.schema.json'].every((entry) => file.files?.includes(entry)),
      'files must hold dist and config.schema.json',
    ],
  ];
  return facts.filter(([isSo]) => !isSo).map(([, what]) => problem(where, what));
}

function checkReadme(tree: Tree, name: string): Finding[] {
  const where = `plugins/${name}/README.md`;
  if (!tree.has(where)) return [];
  const text = tree.read(where);
  return ['options', 'topics']
    .filter((part) => !new RegExp(`<!-- ${part} -->\n[\\s\\S]*<!-- /${part} -->`).test(text))
    .map((part) => problem(where, `the markers around the generated ${part} are missing`));
}
