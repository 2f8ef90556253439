import type * as z from 'zod';
import { listSettings, type Setting } from './setting.ts';

/** A table of all settings, for a README. */
export function renderOptions(schema: z.ZodType): string {
  const rows = listSettings(schema).flatMap((setting) => rowsOf(setting, ''));
  return ['| setting | what it is | default |', '|---|---|---|', ...rows].join('\n');
}

function rowsOf(setting: Setting, prefix: string): string[] {
  const { kind, key, settings = [], element, title, description, showWhen } = setting;
  const isList = kind === 'list';
  const path = `${prefix}${key}${isList ? '[]' : ''}`;
  const only = showWhen ? ` Only with ${showWhen.key} ${showWhen.in.join(', ')}.` : '';
  const members = settings.flatMap((member) => rowsOf(member, `${path}.`));
  const range = rangeOf(element ?? setting);
  const what = cell([`**${title}.** ${description}${only}`, range].filter(Boolean).join(' '));
  return [`| \`${path}\` | ${what} | ${cell(defaultOf(setting))} |`, ...members];
}

function rangeOf({ kind, minimum, maximum, unit, choices }: Setting): string {
  if (choices) return choices.map(({ value }) => `\`${value}\``).join(', ');
  if (kind === 'boolean') return '`true`, `false`';
  const suffix = unit === undefined ? '' : ` ${unit}`;
  if (minimum !== undefined && maximum !== undefined) return `${minimum} to ${maximum}${suffix}.`;
  return minimum === undefined ? '' : `At least ${minimum}${suffix}.`;
}

function defaultOf(setting: Setting): string {
  const { kind, isRequired } = setting;
  if (kind === 'group') return '';
  if (setting.default === undefined) return isRequired ? 'required' : '';
  if (Array.isArray(setting.default)) return setting.default.length === 0 ? 'none' : setting.default.join(', ');
  return `\`${JSON.stringify(setting.default)}\``;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
