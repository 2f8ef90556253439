import type { Form } from '../forms.ts';
import { brokerSchema } from '../shared/broker.ts';
import { listSettings, type Setting } from './setting.ts';

/** A node of the add-on's option schema: a type, a list of one element, or a group. */
export type AddonType = string | [AddonType] | { [key: string]: AddonType };

export interface AddonTexts {
  name: string;
  description?: string;
  fields?: Record<string, AddonTexts>;
}

export interface AddonForm {
  /** What the options are before anybody has changed them. */
  options: Record<string, unknown>;
  schema: Record<string, AddonType>;
  texts: Record<string, AddonTexts>;
}

/**
 * The options of the Home Assistant add-on. Its Supervisor knows no optional groups: a group or a list of groups that is
 * in the schema must be in the options. So groups are flattened, a key with dots being a path, and what cannot be
 * flattened stands at the top, where a default of `[]` or `{}` fills it in.
 */
export function renderAddon(forms: readonly Form[]): AddonForm {
  const names = forms.map(({ service }) => service);
  const form: AddonForm = {
    options: { services: ['event-alarm'] },
    schema: { services: [`list(${names.join('|')})?`] },
    texts: { services: { name: 'Services', description: 'What runs here.' } },
  };
  const add = (key: string, settings: readonly Setting[], texts: AddonTexts): void => {
    form.options[key] = {};
    form.schema[key] = groupOf(settings, []);
    form.texts[key] = { ...texts, fields: textsOf(settings) };
  };
  const broker = listSettings(brokerSchema).filter(({ advanced }) => !advanced);
  add('broker', broker, { name: 'MQTT broker', description: 'Empty takes the broker of Home Assistant.' });
  for (const { service, title, header, schema } of forms) {
    // The broker is common to all services.
    const settings = flatten(listSettings(schema).filter(({ key }) => key !== 'broker'));
    add(
      service,
      settings.filter((setting) => !isListOfGroups(setting)),
      { name: title, description: header },
    );
    for (const list of settings.filter(isListOfGroups)) {
      const key = `${service}.${list.key}`;
      form.options[key] = [];
      form.schema[key] = [groupOf(flatten(list.settings ?? []), requiredOf(list))];
      form.texts[key] = { ...textOf(list), name: `${title}: ${list.title}` };
    }
  }
  return form;
}

/** Makes the configuration of a house from the add-on's options. */
export function expandAddonOptions(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { services, broker, ...settings } = options;
  const expanded = expand(settings) as Record<string, unknown>;
  const names = Array.isArray(services) ? services.map(String) : [];
  return { broker: broker ?? {}, services: Object.fromEntries(names.map((name) => [name, expanded[name] ?? {}])) };
}

function expand(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(expand);
  if (typeof value !== 'object' || value === null) return value;
  const result: Record<string, unknown> = {};
  for (const [key, child] of Object.entries(value)) put(result, key.split('.'), expand(child));
  return result;
}

function put(target: Record<string, unknown>, [key = '', ...rest]: string[], value: unknown): void {
  const known = target[key];
  const inner = typeof known === 'object' && known !== null && !Array.isArray(known) ? { ...known } : {};
  if (rest.length > 0) put(inner, rest, value);
  const isGroup = typeof value === 'object' && value !== null && !Array.isArray(value);
  target[key] = rest.length > 0 ? inner : isGroup ? { ...inner, ...value } : value;
}

function isListOfGroups({ kind, element }: Setting): boolean {
  return kind === 'list' && element === undefined;
}

/** Members of groups as settings of their own: `sources.labels`. */
function flatten(settings: readonly Setting[], prefix = ''): Setting[] {
  return settings.flatMap((setting) => {
    const key = `${prefix}${setting.key}`;
    return setting.kind === 'group' ? flatten(setting.settings ?? [], `${key}.`) : [{ ...setting, key }];
  });
}

/** Keys that every entry of a list has; what only some kinds need is left to the check of the configuration. */
function requiredOf({ settings = [] }: Setting): string[] {
  return settings.filter(({ isRequired, showWhen, kind }) => isRequired && !showWhen && kind !== 'group').map(keyOf);
}

function keyOf({ key }: Setting): string {
  return key;
}

function groupOf(settings: readonly Setting[], required: readonly string[]): Record<string, AddonType> {
  return Object.fromEntries(settings.map((setting) => [setting.key, typeOf(setting, required.includes(setting.key))]));
}

function typeOf(setting: Setting, isRequired: boolean): AddonType {
  const mark = isRequired ? '' : '?';
  if (isListOfGroups(setting)) return [groupOf(flatten(setting.settings ?? []), requiredOf(setting))];
  if (setting.element) return [`${plainType(setting.element)}${mark}`];
  return `${plainType(setting)}${mark}`;
}

function plainType({ kind, choices = [], secret, minimum, maximum }: Setting): string {
  const range = minimum === undefined && maximum === undefined ? '' : `(${minimum ?? ''},${maximum ?? ''})`;
  switch (kind) {
    case 'choice':
      return `list(${choices.map(({ value }) => value).join('|')})`;
    case 'boolean':
      return 'bool';
    case 'integer':
      return `int${range}`;
    case 'number':
      return `float${range}`;
    default:
      return secret ? 'password' : 'str';
  }
}

function textsOf(settings: readonly Setting[]): Record<string, AddonTexts> {
  return Object.fromEntries(settings.map((setting) => [setting.key, textOf(setting)]));
}

function textOf({ title, unit, description, settings }: Setting): AddonTexts {
  const name = unit === undefined ? title : `${title} (${unit})`;
  return { name, description, ...(settings && { fields: textsOf(flatten(settings)) }) };
}
