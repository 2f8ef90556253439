import { renderContract, renderTopics } from '@porchlight/bus/docs';
import { forms, renderAddon, renderHomebridge, renderOptions, type Form } from '@porchlight/config-schemas';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { argv, exit } from 'node:process';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { exampleDevices } from './example-devices.ts';

/** Regenerates forms and tables from the schemas and the contract; with --check it only says what is stale. */

const root = fileURLToPath(new URL('..', import.meta.url));
const isCheck = argv.includes('--check');

const wanted = [
  ...forms.flatMap((form) => [...homebridgeForm(form), serviceReadme(form)]),
  fill('packages/bus/CONTRACT.md', { topics: renderContract() }),
  addonConfig(),
  addonTranslations(),
];
const stale = wanted.filter(({ path, text }) => !existsSync(path) || readFileSync(path, 'utf8') !== text);
for (const { path, text } of stale) {
  console.log(`${isCheck ? 'stale: ' : 'wrote '}${relative(root, path)}`);
  if (!isCheck) writeFileSync(path, text);
}
if (isCheck && stale.length > 0) {
  console.log('Run "npm run schemas".');
  exit(1);
}

interface Generated {
  path: string;
  text: string;
}

function homebridgeForm({ platform, ...form }: Form): Generated[] {
  if (platform === undefined) return [];
  const path = join(root, 'plugins', form.service, 'config.schema.json');
  return [{ path, text: `${JSON.stringify(renderHomebridge({ ...form, platform }), null, 2)}\n` }];
}

function serviceReadme({ service, platform, schema }: Form): Generated {
  return fill(`${platform === undefined ? 'packages' : 'plugins'}/${service}/README.md`, {
    options: renderOptions(schema),
    topics: renderTopics(service, exampleDevices(service)),
  });
}

/** The hand-written head of the add-on's config.yaml stays; options and their schema follow it. */
function addonConfig(): Generated {
  const path = join(root, 'addon/config.yaml');
  const [head = ''] = readFileSync(path, 'utf8').split(/(?<=^# Everything below .*\n)/m);
  const { options, schema } = renderAddon(forms);
  return { path, text: head + stringify({ options, schema }, { lineWidth: 0 }) };
}

function addonTranslations(): Generated {
  const network = { '18835/tcp': 'Webhooks of Rhombus, where a proxy of yours leads to them' };
  const texts = { configuration: renderAddon(forms).texts, network };
  return { path: join(root, 'addon/translations/en.yaml'), text: stringify(texts, { lineWidth: 0 }) };
}

/** Replaces what stands between `<!-- name -->` and `<!-- /name -->`. */
function fill(file: string, parts: Record<string, string>): Generated {
  const path = join(root, file);
  const before = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const text = Object.entries(parts).reduce((document, [name, part]) => {
    const marked = new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(<!-- /${name} -->)`);
    return document.replace(marked, (_all, start: string, end: string) => `${start}${part}\n${end}`);
  }, before);
  return { path, text };
}
