import { renderContract, renderTopics } from '@porchlight/bus/docs';
import {
  brokerSchema,
  forms,
  listSettings,
  renderAddonSchema,
  renderAddonTexts,
  renderHomebridge,
  renderOptions,
  type Form,
} from '@porchlight/config-schemas';
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
  ...forms.flatMap((form) => [homebridgeForm(form), pluginReadme(form)]),
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

function homebridgeForm(form: Form): Generated {
  const path = join(root, 'plugins', form.service, 'config.schema.json');
  return { path, text: `${JSON.stringify(renderHomebridge(form), null, 2)}\n` };
}

function pluginReadme({ service, schema }: Form): Generated {
  return fill(`plugins/${service}/README.md`, {
    options: renderOptions(schema),
    topics: renderTopics(service, exampleDevices(service)),
  });
}

/** The hand-written head of the add-on's config.yaml stays; options and their schema follow it. */
function addonConfig(): Generated {
  const path = join(root, 'addon/config.yaml');
  const [head = ''] = readFileSync(path, 'utf8').split(/(?<=^# Everything below .*\n)/m);
  const broker = Object.fromEntries(
    listSettings(brokerSchema)
      .filter(({ advanced }) => !advanced)
      .map(({ key, secret }) => [key, secret ? 'password?' : 'str?']),
  );
  const generated = {
    options: { services: { 'event-alarm': {} } },
    schema: { broker, services: renderAddonSchema(forms) },
  };
  return { path, text: head + stringify(generated) };
}

function addonTranslations(): Generated {
  const path = join(root, 'addon/translations/en.yaml');
  const texts = {
    configuration: {
      broker: { name: 'MQTT broker', description: 'Empty takes the broker of Home Assistant.' },
      services: { name: 'Services', description: 'What runs here.', fields: renderAddonTexts(forms) },
    },
  };
  return { path, text: stringify(texts) };
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
