import { posix } from 'node:path';
import { problem, type Finding } from './finding.ts';
import type { Tree } from './tree.ts';

/** Who may import whom: the table of ARCHITECTURE.md. The first layer whose pattern fits a file is the file's. */
interface Layer {
  files: RegExp;
  /** Our own packages. */
  ours: readonly RegExp[];
  node: boolean;
  /** Libraries, as far as they stand in the package's dependencies; true for any of those. */
  libraries: true | readonly string[];
  /** Relative imports stay in here; the package's `src` when absent. */
  inside?: RegExp;
  /** Whether types of Homebridge may be imported. */
  homebridgeTypes?: true;
}

const core = /^@porchlight\/core$/;
const coreNode = /^@porchlight\/core\/node$/;
const configSchemas = /^@porchlight\/config-schemas$/;
const notify = /^@porchlight\/notify$/;
const bus = /^@porchlight\/bus$/;
const homeAssistant = /^@porchlight\/home-assistant$/;
const homekit = /^@porchlight\/homekit$/;
const services = /^(homebridge-porchlight-[a-z-]+|@porchlight\/footage)\/service$/;

export const layers: readonly Layer[] = [
  { files: /^packages\/core\/src\/(node|testing)\//, ours: [], node: true, libraries: ['zod'] },
  { files: /^packages\/core\//, ours: [], node: false, libraries: ['zod'] },
  { files: /^config-schemas\/src\/(generate|render\/)/, ours: [], node: true, libraries: ['zod'] },
  { files: /^config-schemas\//, ours: [], node: false, libraries: ['zod'] },
  { files: /\/src\/domain\//, ours: [core], node: false, libraries: ['zod'], inside: /\/src\/domain\// },
  { files: /^packages\/(bus|notify)\//, ours: [core, coreNode], node: true, libraries: true },
  {
    files: /^packages\/homekit\//,
    ours: [core, coreNode, bus],
    node: true,
    libraries: [],
    homebridgeTypes: true,
  },
  { files: /^packages\/home-assistant\//, ours: [core, bus], node: true, libraries: true },
  {
    files: /^packages\/host\//,
    ours: [core, coreNode, bus, homeAssistant, notify, configSchemas, services],
    node: true,
    libraries: true,
  },
  { files: /^packages\/simulators\//, ours: [], node: true, libraries: true },
  { files: /^packages\//, ours: [core, coreNode, configSchemas, notify], node: true, libraries: true },
  {
    files: /^plugins\/[^/]+\/src\/index\.ts$/,
    ours: [homekit],
    node: false,
    libraries: [],
    inside: /\/src\/service\.ts$/,
    homebridgeTypes: true,
  },
  // Commands of the command line run beside the service and open its storage themselves.
  {
    files: /^plugins\/[^/]+\/src\/adapters\/commands\//,
    ours: [core, coreNode, configSchemas],
    node: true,
    libraries: true,
  },
  { files: /^plugins\//, ours: [core, configSchemas, notify], node: true, libraries: true },
];

interface Import {
  from: string;
  isTypeOnly: boolean;
}

/** Checks every import in source folders against the table; tests may import anything. */
export function checkImports(tree: Tree): Finding[] {
  const sources = [...tree.files('packages'), ...tree.files('plugins'), ...tree.files('config-schemas')].filter(
    (file) => /\/src\/.*\.ts$/.test(file),
  );
  return sources.flatMap((file) =>
    findImports(tree.read(file)).flatMap((one) => {
      const what = judge(tree, file, one);
      return what ? [problem(file, what)] : [];
    }),
  );
}

/** Static and dynamic imports and re-exports of a file. */
export function findImports(text: string): Import[] {
  const code = text.replace(/^\s*(\/\/|\*|\/\*).*$/gm, '');
  const statements = code.matchAll(
    /(?:^|[;\n])\s*(import|export)(\s+type)?(?=[\s{*'"])(?:[^'";]*?\sfrom)?\s*['"]([^'"\n]+)['"]/g,
  );
  const dynamic = code.matchAll(/\bimport\(\s*['"]([^'"\n]+)['"]/g);
  return [
    ...Array.from(statements, ([, , type, from]) => ({ from: from ?? '', isTypeOnly: type !== undefined })),
    ...Array.from(dynamic, ([, from]) => ({ from: from ?? '', isTypeOnly: false })),
  ];
}

function judge(tree: Tree, file: string, { from, isTypeOnly }: Import): string | undefined {
  const layer = layers.find(({ files }) => files.test(file));
  if (!layer) return undefined;
  if (from.startsWith('.')) return judgeRelative(file, from, layer);
  if (from.startsWith('node:')) return layer.node ? undefined : `may not import ${from}: no input or output here`;
  if (from.startsWith('@porchlight/') || from.startsWith('homebridge-porchlight-')) {
    return layer.ours.some((allowed) => allowed.test(from)) ? undefined : `may not import ${from}`;
  }
  const name = from
    .split('/')
    .slice(0, from.startsWith('@') ? 2 : 1)
    .join('/');
  if (name === 'homebridge' || name === 'hap-nodejs' || name.startsWith('@homebridge/')) {
    const isAllowed = layer.homebridgeTypes && isTypeOnly && name === 'homebridge';
    return isAllowed ? undefined : `may not import ${from}; only the HomeKit side may, and only types`;
  }
  if (layer.libraries !== true && !layer.libraries.includes(name)) return `may not import the library ${name}`;
  return isDependency(tree, file, name) ? undefined : `${name} is not in the dependencies of its package`;
}

function judgeRelative(file: string, from: string, layer: Layer): string | undefined {
  const target = posix.join(posix.dirname(file), from);
  const source = /^.*?\/src\//.exec(file)?.[0] ?? '';
  if (!target.startsWith(source)) return `${from} leaves the package; import it by its name`;
  return layer.inside && !layer.inside.test(target) ? `${from} is out of its reach` : undefined;
}

function isDependency(tree: Tree, file: string, name: string): boolean {
  const where = `${file.slice(0, file.indexOf('/src/'))}/package.json`;
  if (!tree.has(where)) return false;
  const { dependencies = {}, optionalDependencies = {} } = JSON.parse(tree.read(where)) as {
    dependencies?: Record<string, string>;
    optionalDependencies?: Record<string, string>;
  };
  return name in dependencies || name in optionalDependencies;
}
