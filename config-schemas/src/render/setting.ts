import * as z from 'zod';
import type { SettingMeta } from '../meta.ts';

/** One setting as every form and table needs it, whatever zod it comes from. */
export interface Setting extends Partial<SettingMeta> {
  key: string;
  title: string;
  description: string;
  kind: 'text' | 'number' | 'integer' | 'boolean' | 'choice' | 'group' | 'list';
  isRequired: boolean;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  choices?: { value: string | number; title: string }[];
  /** Members of a group, or of each entry of a list of groups. */
  settings?: Setting[];
  /** What each entry of a plain list is. */
  element?: Setting;
}

const nodeSchema = z.looseObject({
  type: z.string().optional(),
  title: z.string().optional(),
  description: z.string().optional(),
  default: z.unknown().optional(),
  const: z.unknown().optional(),
  enum: z.array(z.union([z.string(), z.number()])).optional(),
  labels: z.record(z.string(), z.string()).optional(),
  item: z.string().optional(),
  required: z.array(z.string()).optional(),
  get properties() {
    return z.record(z.string(), nodeSchema).optional();
  },
  get items() {
    return nodeSchema.optional();
  },
  get oneOf() {
    return z.array(nodeSchema).optional();
  },
});
type Node = z.output<typeof nodeSchema>;

const passedOn = [
  'unit',
  'secret',
  'advanced',
  'section',
  'showWhen',
  'placeholder',
  'item',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'pattern',
] as const;

/** The settings of a configuration's schema, in their order. Throws when one has no title or description. */
export function listSettings(schema: z.ZodType): Setting[] {
  const root = nodeSchema.parse(z.toJSONSchema(schema, { target: 'draft-7', io: 'input', unrepresentable: 'any' }));
  return listMembers(root);
}

function listMembers(node: Node): Setting[] {
  if (node.oneOf) return mergeKinds(node.oneOf);
  return Object.entries(node.properties ?? {}).map(([key, child]) =>
    toSetting(key, child, node.required?.includes(key) ?? false),
  );
}

/** The kinds of a discriminated union as one group: the settings of a kind show when that kind is chosen. */
function mergeKinds(kinds: readonly Node[]): Setting[] {
  const choices = kinds.map(({ properties }) => {
    const value = String(properties?.['type']?.const);
    return { value, title: properties?.['type']?.title ?? capitalize(value) };
  });
  const merged = new Map<string, OfKind[]>();
  for (const [index, node] of kinds.entries()) {
    const { type: _type, ...properties } = node.properties ?? {};
    for (const [key, child] of Object.entries(properties)) {
      const setting = toSetting(key, child, node.required?.includes(key) ?? false);
      merged.set(key, [...(merged.get(key) ?? []), { setting, kind: choices[index] ?? { value: '', title: '' } }]);
    }
  }
  const type = { key: 'type', title: 'Kind', description: 'Its kind.', kind: 'choice', isRequired: true } as const;
  const others = [...merged.values()].map((ofKinds) => {
    const setting = ofKinds.map((one) => one.setting).reduce(withCommon);
    const texts = { title: joinTitles(ofKinds), description: joinDescriptions(ofKinds) };
    if (ofKinds.length === choices.length) return { ...setting, ...texts };
    return { ...setting, ...texts, showWhen: { key: 'type', in: ofKinds.map(({ kind }) => kind.value) } };
  });
  return [{ ...type, choices }, ...others];
}

interface OfKind {
  setting: Setting;
  kind: { value: string; title: string };
}

const mayDiffer = ['default', 'pattern', 'placeholder', 'minimum', 'maximum', 'minLength', 'maxLength'] as const;

/** A setting of two kinds in one field: what holds for one of them only is left to the check of the configuration. */
function withCommon(first: Setting, second: Setting): Setting {
  const common: Setting = { ...first, isRequired: first.isRequired && second.isRequired };
  for (const name of mayDiffer) {
    if (first[name] !== second[name]) delete common[name];
  }
  if (first.element && second.element) common.element = withCommon(first.element, second.element);
  return common;
}

/** One field has one label, whatever the kinds call it. */
function joinTitles(ofKinds: readonly OfKind[]): string {
  return [...new Set(ofKinds.map(({ setting }) => setting.title))].join(' / ');
}

/** Where the kinds mean different things, each is named with its own. */
function joinDescriptions(ofKinds: readonly OfKind[]): string {
  const byText = Map.groupBy(ofKinds, ({ setting }) => setting.description);
  if (byText.size === 1) return ofKinds[0]?.setting.description ?? '';
  return Array.from(byText, ([text, group]) => `${group.map(({ kind }) => kind.title).join(', ')}: ${text}`).join(' ');
}

function toSetting(key: string, node: Node, isRequired: boolean): Setting {
  const { title, description } = node;
  if (title === undefined || description === undefined)
    throw new Error(`The setting "${key}" needs a title and a description.`);
  const passed = Object.fromEntries(passedOn.flatMap((name) => (name in node ? [[name, node[name]]] : [])));
  const setting = { ...passed, key, title, description, isRequired };
  if (node.default !== undefined) Object.assign(setting, { default: node.default });
  // zod's own bounds of whole numbers say nothing to an owner.
  const { maximum, minimum } = setting as { maximum?: number; minimum?: number };
  if (maximum !== undefined && maximum >= Number.MAX_SAFE_INTEGER) Object.assign(setting, { maximum: undefined });
  if (minimum !== undefined && minimum <= Number.MIN_SAFE_INTEGER) Object.assign(setting, { minimum: undefined });
  return { ...setting, ...shapeOf(key, node) };
}

function shapeOf(key: string, node: Node): Pick<Setting, 'kind' | 'choices' | 'settings' | 'element'> {
  const { labels = {} } = node;
  const toChoices = (values: readonly (string | number)[]) =>
    values.map((value) => ({ value, title: labels[String(value)] ?? String(value) }));
  if (node.enum) return { kind: 'choice', choices: toChoices(node.enum) };
  switch (node.type) {
    case 'object':
      return { kind: 'group', settings: listMembers(node) };
    case 'array': {
      const { items } = node;
      if (items?.properties ?? items?.oneOf) return { kind: 'list', settings: listMembers(items) };
      const entry = {
        ...items,
        title: node.item === undefined ? node.title : capitalize(node.item),
        description: '',
        labels,
      } as Node;
      const { placeholder } = node as { placeholder?: string };
      const element = toSetting(key, { ...entry, ...(placeholder !== undefined && { placeholder }) }, true);
      return { kind: 'list', element };
    }
    case 'integer':
    case 'number':
    case 'boolean':
      return { kind: node.type };
    default:
      return { kind: 'text' };
  }
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
