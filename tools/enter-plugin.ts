import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface NewPlugin {
  name: string;
  /** Puts the plugin's names in the place of `{{name}}`, `{{Name}}`, `{{camel}}`, `{{title}}` and `{{version}}`. */
  fill: (text: string) => string;
}

/** The files that name every plugin. */
export const enteredIn = [
  'tsconfig.json',
  'config-schemas/src/index.ts',
  'config-schemas/src/forms.ts',
  'packages/host/package.json',
  'packages/host/src/services.ts',
  'packages/host/tsconfig.json',
];

/** Makes a new plugin known: to the root project, to the forms that are generated, and to the host without Homebridge. */
export function enterPlugin(root: string, { name, fill }: NewPlugin): void {
  const file = (path: string): string => join(root, path);
  addReference(file('tsconfig.json'), `plugins/${name}`);
  addLine(file('config-schemas/src/index.ts'), { line: `export * from './${name}.ts';`, before: undefined });
  addLine(file('config-schemas/src/forms.ts'), {
    line: fill("import { {{camel}}Schema } from './{{name}}.ts';"),
    before: /^$/m,
  });
  addLine(file('config-schemas/src/forms.ts'), { line: fill(form), before: /^\];$/m });
  addLine(file('packages/host/src/services.ts'), {
    line: fill("  '{{name}}': () => import('homebridge-porchlight-{{name}}/service'),"),
    before: /^\};\n\nexport const serviceNames/m,
  });
  addReference(file('packages/host/tsconfig.json'), `../../plugins/${name}`);
  addDependency(file('packages/host/package.json'), [`homebridge-porchlight-${name}`, fill('{{version}}')]);
}

const form = `  {
    service: '{{name}}',
    title: '{{title}}',
    platform: 'Porchlight{{Name}}',
    schema: {{camel}}Schema,
    header: 'One switch that remembers its position.',
  },`;

/** Adds a line before the first place that fits, or at the end. Throws when there is no such place. */
function addLine(path: string, { line, before }: { line: string; before: RegExp | undefined }): void {
  const text = readFileSync(path, 'utf8');
  const at = before ? text.search(before) : text.length;
  if (at < 0) throw new Error(`${path} has no place for the new plugin any more.`);
  writeFileSync(path, `${text.slice(0, at)}${line}\n${text.slice(at)}`);
}

function addReference(path: string, reference: string): void {
  const project = JSON.parse(readFileSync(path, 'utf8')) as { references: { path: string }[] };
  project.references.push({ path: reference });
  writeFileSync(path, `${JSON.stringify(project, null, 2)}\n`);
}

function addDependency(path: string, dependency: [name: string, version: string]): void {
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as { dependencies: Record<string, string> };
  const all = [...Object.entries(manifest.dependencies), dependency].toSorted(([a], [b]) => (a < b ? -1 : 1));
  writeFileSync(path, `${JSON.stringify({ ...manifest, dependencies: Object.fromEntries(all) }, null, 2)}\n`);
}
