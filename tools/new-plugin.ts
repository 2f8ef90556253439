import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync, existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { argv, exit } from 'node:process';
import { fileURLToPath } from 'node:url';
import { enteredIn, enterPlugin } from './enter-plugin.ts';

const skeleton = fileURLToPath(new URL('skeleton', import.meta.url));
const namePattern = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/**
 * Makes a plugin of the usual shape in the repository at `root` and enters it in the build, the forms and the host. Returns the files it wrote.
 * Throws when the name is not in kebab-case or is taken.
 */
export function makePlugin(root: string, name: string): string[] {
  if (!namePattern.test(name)) throw new Error(`"${name}" is no plugin name: use kebab-case, such as garage-door.`);
  const folder = join(root, 'plugins', name);
  if (existsSync(folder)) throw new Error(`There is a plugin ${name} already.`);
  const fill = createFill(root, name);
  const written = listFiles(join(skeleton, 'plugin')).map((file) => {
    const path = relative(join(skeleton, 'plugin'), file).replace(/\.txt$/, '');
    return write(join(folder, path), fill(readFileSync(file, 'utf8')));
  });
  const schema = fill(readFileSync(join(skeleton, 'config-schemas/schema.ts.txt'), 'utf8'));
  written.push(write(join(root, 'config-schemas/src', `${name}.ts`), schema));
  enterPlugin(root, { name, fill });
  return written.map((file) => relative(root, file));
}

function createFill(root: string, name: string): (text: string) => string {
  const words = name.split('-').map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`);
  const pascal = words.join('');
  const { version } = JSON.parse(readFileSync(join(root, 'lerna.json'), 'utf8')) as { version: string };
  const values: Record<string, string> = {
    name,
    Name: pascal,
    camel: `${pascal.charAt(0).toLowerCase()}${pascal.slice(1)}`,
    title: words.join(' '),
    version,
  };
  return (text) => text.replace(/\{\{(\w+)\}\}/g, (whole, key: string) => values[key] ?? whole);
}

function listFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? listFiles(path) : [path];
  });
}

function write(file: string, text: string): string {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

if (import.meta.main) {
  const name = argv[2] ?? '';
  try {
    const root = fileURLToPath(new URL('..', import.meta.url));
    const written = makePlugin(root, name);
    for (const file of written) console.log(file);
    // The order of imports and the quotes of a key depend on the name.
    const sources = [...written, ...enteredIn].filter((file) => /\.(ts|json)$/.test(file));
    spawnSync(process.execPath, ['node_modules/oxfmt/bin/oxfmt', ...sources], { cwd: root });
    console.log(`\nNext: npm install, npm run schemas, then change plugins/${name} into what it shall be.`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    exit(1);
  }
}
