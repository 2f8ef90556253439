import { listSettings, type Setting } from './setting.ts';
import type { Form } from '../forms.ts';

type Json = Record<string, unknown>;

export type HomebridgeForm = Form & { platform: string };

/** The `config.schema.json` of a plugin: what the Homebridge UI makes its form of. */
export function renderHomebridge({ platform, schema, header, hasOwnPage }: HomebridgeForm): Json {
  const settings = listSettings(schema);
  return {
    pluginAlias: platform,
    pluginType: 'platform',
    singular: true,
    ...(hasOwnPage && { customUi: true }),
    headerDisplay: header,
    schema: { type: 'object', properties: propertiesOf(settings, { path: 'model', depth: 0, isInGroup: false }) },
    layout: layoutOf(settings),
  };
}

interface Place {
  /** How a condition reaches the group: `model.switches[arrayIndices[0]]`. */
  path: string;
  /** How many lists it lies in. */
  depth: number;
  isInGroup: boolean;
}

function propertiesOf(settings: readonly Setting[], place: Place): Json {
  return Object.fromEntries(settings.map((setting) => [setting.key, property(setting, place)]));
}

function property(setting: Setting, place: Place): Json {
  const { path, depth, isInGroup } = place;
  const { title, description, unit, placeholder, showWhen, isRequired } = setting;
  const common = {
    title: unit === undefined ? title : `${title} (${unit})`,
    ...(description !== '' && { description: depth > 0 ? withDefault(setting) : description }),
    ...(placeholder !== undefined && { placeholder }),
    ...(showWhen && { condition: { functionBody: conditionOf(showWhen, path) } }),
    // A group may be left empty as a whole, and so may an entry of a list: the form begins with a blank one.
    ...(isRequired && !showWhen && !isInGroup && depth === 0 && { required: true }),
  };
  return { ...common, ...shape(setting, place) };
}

function shape(setting: Setting, { path, depth }: Place): Json {
  const { kind, key, settings = [], element, choices, secret } = setting;
  // What the form would fill in by itself would make a blank entry look like a wanted one.
  const preset = setting.default === undefined || depth > 0 ? {} : { default: setting.default };
  const limits = pick(setting, ['minimum', 'maximum', 'minLength', 'maxLength', 'pattern']);
  switch (kind) {
    case 'group':
      return { type: 'object', properties: propertiesOf(settings, { path: `${path}.${key}`, depth, isInGroup: true }) };
    case 'list': {
      if (element?.kind === 'choice') return { ...checkBoxes(element), ...preset };
      const entry = { path: `${path}.${key}[arrayIndices[${depth}]]`, depth: depth + 1, isInGroup: false };
      const items = element
        ? { ...shape(element, entry), ...pick(element, ['title', 'placeholder']) }
        : { type: 'object', properties: propertiesOf(settings, entry) };
      return { type: 'array', items };
    }
    case 'choice':
      return {
        type: typeof choices?.[0]?.value === 'number' ? 'integer' : 'string',
        oneOf: choices?.map(({ value, title }) => ({ title, enum: [value] })),
        ...preset,
      };
    case 'text':
      return { type: 'string', ...(secret && { 'x-schema-form': { type: 'password' } }), ...limits, ...preset };
    case 'boolean':
      return { type: 'boolean', ...preset };
    default:
      // Without it a number with limits becomes a slider that nobody can set.
      return { type: kind, 'x-schema-form': { type: 'number' }, ...limits, ...preset };
  }
}

/** A choice of several. The form makes check boxes of a plain `enum` only; their labels are in the layout. */
function checkBoxes({ choices = [] }: Setting): Json {
  const type = typeof choices[0]?.value === 'number' ? 'integer' : 'string';
  return { type: 'array', uniqueItems: true, items: { type, enum: choices.map(({ value }) => value) } };
}

/** The parent may not be there yet while the form is being built. */
function conditionOf({ key, in: values }: NonNullable<Setting['showWhen']>, path: string): string {
  return `try { return ${JSON.stringify(values)}.includes(${path}.${key}); } catch { return false; }`;
}

/** The essentials first, then a folded part for each section, the advanced settings last. */
function layoutOf(settings: readonly Setting[]): unknown[] {
  const isFolded = ({ advanced, kind, section }: Setting): boolean =>
    advanced === true || section !== undefined || kind === 'group';
  const plain = settings.filter((setting) => !isFolded(setting));
  const sections = [
    ...new Set(settings.flatMap(({ section, kind, title }) => section ?? (kind === 'group' ? title : []))),
  ];
  const inSection = (name: string): Setting[] =>
    settings.filter(({ section, kind, title }) => (section ?? (kind === 'group' ? title : undefined)) === name);
  const loose = settings.filter(({ advanced, section, kind }) => advanced && section === undefined && kind !== 'group');
  return [
    ...plain.map((setting) => layoutItem(setting, '')),
    ...sections.map((name) =>
      fold(
        name,
        inSection(name).flatMap((setting) => sectionItems(setting, name)),
      ),
    ),
    ...(loose.length > 0
      ? [
          fold(
            'Advanced',
            loose.map((setting) => layoutItem(setting, '')),
          ),
        ]
      : []),
  ];
}

/** What makes a part of its own has no second heading. */
function sectionItems(setting: Setting, section: string): unknown[] {
  if (setting.kind !== 'group') return [layoutItem(setting, '', setting.title === section)];
  return (setting.settings ?? []).map((member) => layoutItem(member, `${setting.key}.`));
}

function layoutItem(setting: Setting, prefix: string, isHeaded = false): unknown {
  const { kind, key, settings = [], title, item, element } = setting;
  const path = `${prefix}${key}`;
  if (kind === 'group') {
    return { type: 'fieldset', title, items: settings.map((member) => layoutItem(member, `${path}.`)) };
  }
  if (kind !== 'list') return path;
  if (element?.kind === 'choice') return { key: path, titleMap: element.choices?.map(toLabel) };
  const list = { key: path, type: 'array', buttonText: `Add ${item ?? 'entry'}`, ...(isHeaded && { notitle: true }) };
  if (element) return { ...list, items: [`${path}[]`] };
  const items = settings.map((member) => layoutItem(member, `${path}[].`));
  return { ...list, orderable: false, items: [{ type: 'div', items }] };
}

function toLabel({ value, title }: { value: string | number; title: string }) {
  return { value, name: title };
}

function fold(title: string, items: unknown[]): Json {
  return { type: 'fieldset', title, expandable: true, expanded: false, items };
}

function pick(setting: Setting, keys: (keyof Setting)[]): Json {
  return Object.fromEntries(keys.flatMap((key) => (setting[key] === undefined ? [] : [[key, setting[key]]])));
}

function withDefault({ description, default: preset, choices }: Setting): string {
  const name = choices?.find(({ value }) => value === preset)?.title ?? describeValue(preset);
  return name === '' ? description : `${description} Default: ${name}.`;
}

function describeValue(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'number' || typeof value === 'string' ? String(value) : '';
}
