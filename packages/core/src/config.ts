import * as z from 'zod';

/** A configuration after checking: usable, or with problems that say how to mend it. Warnings never stop anything. */
export type ConfigResult<Config> =
  | { ok: true; config: Config; warnings: string[] }
  | { ok: false; problems: string[]; warnings: string[] };

/** Checks a configuration. Every problem names the field, what is wrong and how to mend it; values are never echoed. */
export function parseConfig<Config>(schema: z.ZodType<Config, unknown>, raw: unknown): ConfigResult<Config> {
  const given = dropEmpty(raw);
  const warnings = unknownKeys(schema, given, []);
  const result = schema.safeParse(given);
  if (result.success) return { ok: true, config: deepFreeze(result.data), warnings };
  return { ok: false, problems: result.error.issues.map(describeIssue), warnings };
}

/** Forms save a cleared field as an empty text, a cleared part as an empty group; both mean the same as none. */
function dropEmpty(raw: unknown): unknown {
  if (Array.isArray(raw)) return raw.map(dropEmpty).filter((entry) => !isBlank(entry));
  if (typeof raw !== 'object' || raw === null) return raw;
  const kept = Object.entries(raw).map(([key, value]) => [key, dropEmpty(value)] as const);
  return Object.fromEntries(kept.filter(([, value]) => !isEmpty(value)));
}

/** The blank entry that a form shows in an empty list: nothing in it but boxes that are not ticked. */
function isBlank(entry: unknown): boolean {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return isEmpty(entry);
  return Object.values(entry).every((value) => value === false || (Array.isArray(value) && value.length === 0));
}

function isEmpty(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return value === '' || value === null || value === undefined;
  return !Array.isArray(value) && Object.keys(value).length === 0;
}

/** `rules[0].threshold: must be at least 1` */
function describeIssue(issue: z.core.$ZodIssue): string {
  const path = formatPath(issue.path) || 'the configuration';
  return `${path}: ${remedy(issue)}`;
}

function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text ? `${text}.${String(part)}` : String(part);
  }, '');
}

const kinds: Record<string, string> = {
  string: 'a text in quotes',
  number: 'a number without quotes',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list [ … ]',
  object: 'a group { … }',
};

function remedy(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return describeType(issue);
    case 'too_small':
      return `${sizeOf(issue.origin)} ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}`;
    case 'too_big':
      return `${sizeOf(issue.origin)} ${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}`;
    case 'invalid_value':
      return `must be one of ${issue.values.map((value) => JSON.stringify(value)).join(', ')}`;
    case 'invalid_union':
      // One that the schema has words for is told in them.
      return issue.discriminator || issue.message === 'Invalid input' ? describeUnion(issue) : issue.message;
    case 'invalid_format':
      return issue.message.startsWith('Invalid') ? `must be a valid ${issue.format}` : issue.message;
    case 'invalid_key':
      return `the name is not allowed here: ${issue.issues[0]?.message ?? issue.message}`;
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    default:
      return issue.message;
  }
}

function describeType(issue: z.core.$ZodIssueInvalidType): string {
  const expected = kinds[issue.expected] ?? `a ${issue.expected}`;
  return issue.input === undefined && issue.message.endsWith('undefined')
    ? `is missing; give ${expected}`
    : `must be ${expected}`;
}

function sizeOf(origin: string): string {
  if (origin === 'string') return 'the number of characters must be';
  if (origin === 'array' || origin === 'set') return 'the number of entries must be';
  return 'must be';
}

function describeUnion(issue: z.core.$ZodIssueInvalidUnion): string {
  if (issue.discriminator) {
    const choices = 'options' in issue && Array.isArray(issue.options) ? `: ${issue.options.join(', ')}` : '';
    return `"${issue.discriminator}" must name one of the known kinds${choices}`;
  }
  const alternatives = issue.errors.flatMap((errors) => (errors[0] ? [describeIssue(errors[0])] : []));
  return `fits none of the allowed forms (${alternatives.join('; or ')})`;
}

/** One warning per key that no schema knows, with the nearest known key. */
function unknownKeys(schema: z.ZodType, raw: unknown, path: PropertyKey[]): string[] {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodArray && Array.isArray(raw)) {
    return raw.flatMap((item, index) => unknownKeys(inner.element as z.ZodType, item, [...path, index]));
  }
  if (!(inner instanceof z.ZodObject) || typeof raw !== 'object' || raw === null || Array.isArray(raw)) return [];
  const shape = inner.shape as Record<string, z.ZodType>;
  return Object.entries(raw).flatMap(([key, value]) => {
    const child = shape[key];
    if (child) return unknownKeys(child, value, [...path, key]);
    const near = nearest(key, Object.keys(shape));
    const hint = near ? `; did you mean ${formatPath([...path, near])}?` : '';
    return [`${formatPath([...path, key])}: there is no such setting${hint}`];
  });
}

function unwrap(schema: z.ZodType): z.ZodType {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodExactOptional
  ) {
    return unwrap(schema.unwrap() as z.ZodType);
  }
  if (schema instanceof z.ZodPipe) return unwrap(schema.in as z.ZodType);
  return schema;
}

function nearest(word: string, candidates: readonly string[]): string | undefined {
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .toSorted((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best && best.distance <= Math.max(2, word.length / 3) ? best.candidate : undefined;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substitution, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const child of Object.values(value)) deepFreeze(child);
  }
  return value;
}
