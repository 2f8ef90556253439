import { listSettings, type Setting } from './setting.ts';
import type { Form } from '../forms.ts';

/** A node of the add-on's option schema: a type, a list of one element, or a group. */
export type AddonType = string | [AddonType] | { [key: string]: AddonType };

export interface AddonTexts {
  name: string;
  description?: string;
  fields?: Record<string, AddonTexts>;
}

/** The option schema of Home Assistant's Supervisor for these services; everything is optional. */
export function renderAddonSchema(forms: readonly Form[]): Record<string, AddonType> {
  return Object.fromEntries(
    forms.map(({ service, schema }) => [service, groupOf(withoutBroker(listSettings(schema)))]),
  );
}

/** What the add-on's page calls its options. */
export function renderAddonTexts(forms: readonly Form[]): Record<string, AddonTexts> {
  return Object.fromEntries(
    forms.map(({ service, header, schema }) => {
      return [service, { name: service, description: header, fields: textsOf(withoutBroker(listSettings(schema))) }];
    }),
  );
}

/** The broker is the add-on's own, common to all services. */
function withoutBroker(settings: readonly Setting[]): Setting[] {
  return settings.filter(({ key }) => key !== 'broker');
}

function groupOf(settings: readonly Setting[]): Record<string, AddonType> {
  return Object.fromEntries(settings.map((setting) => [setting.key, typeOf(setting)]));
}

function typeOf(setting: Setting): AddonType {
  const { kind, settings = [], element } = setting;
  if (kind === 'group') return groupOf(settings);
  if (kind === 'list') return [element ? plainType(element) : groupOf(settings)];
  return `${plainType(setting)}?`;
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
  return Object.fromEntries(
    settings.map(({ key, title, unit, description, settings: members }) => {
      const name = unit === undefined ? title : `${title} (${unit})`;
      return [key, { name, description, ...(members && { fields: textsOf(members) }) }];
    }),
  );
}
