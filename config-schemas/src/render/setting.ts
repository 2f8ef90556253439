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
  const merged = new Map<string, { setting: Setting; kinds: string[] }>();
  const names = kinds.map((kind) => String(kind.properties?.['type']?.const));
  for (const [index, kind] of kinds.entries()) {
    const { type: _kind, ...properties } = kind.properties ?? {};
    for (const [key, child] of Object.entries(properties)) {
      const setting = toSetting(key, child, kind.required?.includes(key) ?? false);
      const known = merged.get(key);
      const both = known ? withCommon(known.setting, setting) : setting;
      merged.set(key, { setting: both, kinds: [...(known?.kinds ?? []), names[index] ?? ''] });
    }
  }
  const choices = names.map((value) => ({ value, title: value.charAt(0).toUpperCase() + value.slice(1) }));
  const description = 'Its kind.';
  const kind: Setting = { key: 'type', title: 'Kind', description, kind: 'choice', isRequired: true, choices };
  const others = [...merged.values()].map(({ setting, kinds: where }) =>
    where.length === names.length ? setting : { ...setting, showWhen: { key: 'type', in: where } },
  );
  return [kind, ...others];
}

/** A setting of two kinds in one field: what holds for one of them only is left to the check of the configuration. */
function withCommon(first: Setting, second: Setting): Setting {
  const common: Setting = { ...first };
  for (const name of ['default', 'pattern', 'placeholder', 'minLength', 'maxLength'] as const) {
    if (first[name] !== second[name]) delete common[name];
  }
  if (first.element && second.element) common.element = withCommon(first.element, second.element);
  return common;
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
      const entry = { ...items, title: node.item ?? node.title, description: '', labels } as Node;
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
