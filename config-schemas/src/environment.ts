import type * as z from 'zod';
import { forms } from './forms.ts';
import { listSettings, type Setting } from './render/setting.ts';
import { brokerSchema } from './shared/broker.ts';

/** Names under which settings were known to the scripts that the services have replaced. */
const formerNames: Readonly<Record<string, { service: string; key: string }>> = {
  EVENTS_LOOKBACK_MINUTES: { service: 'event-alarm', key: 'eventsLookbackMinutes' },
  ALARM_LOOKBACK_MINUTES: { service: 'event-alarm', key: 'alarmLookbackMinutes' },
  ALARM_THRESHOLD_EVENT_COUNT: { service: 'event-alarm', key: 'thresholdEventCount' },
};

export interface EnvironmentResult {
  config: Record<string, unknown>;
  /** One sentence each, naming the variable and never its value. */
  problems: string[];
}

/** Where variables and the files they name are read. */
export interface Environment {
  variables: Readonly<Record<string, string | undefined>>;
  readFile: (path: string) => string;
}

/**
 * Puts what the environment says into a service's configuration: `PORCHLIGHT_EVENT_ALARM_TRIGGER_SECONDS=60`, and
 * `…_FILE` with a path for what is secret. Groups are reached by their names: `PORCHLIGHT_EVENT_ALARM_BROKER_URL`.
 */
export function applyEnvironment(
  service: string,
  config: Readonly<Record<string, unknown>>,
  environment: Environment,
): EnvironmentResult {
  const form = forms.find((candidate) => candidate.service === service);
  return overlay({ name: service, schema: form?.schema, config }, environment);
}

/** The same for the broker that all services share: `PORCHLIGHT_BROKER_URL`, `PORCHLIGHT_BROKER_PASSWORD_FILE`. */
export function applyBrokerEnvironment(
  broker: Readonly<Record<string, unknown>>,
  environment: Environment,
): EnvironmentResult {
  return overlay({ name: 'broker', schema: brokerSchema, config: broker }, environment);
}

interface Overlaid {
  name: string;
  schema: z.ZodType | undefined;
  config: Readonly<Record<string, unknown>>;
}

function overlay({ name: owner, schema, config }: Overlaid, { variables, readFile }: Environment): EnvironmentResult {
  const result: EnvironmentResult = { config: structuredClone({ ...config }), problems: [] };
  for (const { path, setting } of schema ? leavesOf(listSettings(schema), []) : []) {
    const name = `PORCHLIGHT_${[owner, ...path].map(toUpperSnake).join('_')}`;
    const found = [name, formerName(owner, path)].find((key) => key !== undefined && variables[key] !== undefined);
    if (found !== undefined) take(result, path, setting, { name: found, text: variables[found] ?? '' });
    const file = variables[`${name}_FILE`];
    if (file === undefined) continue;
    try {
      take(result, path, setting, { name: `${name}_FILE`, text: readFile(file).trim() });
    } catch {
      result.problems.push(`${name}_FILE: the file cannot be read`);
    }
  }
  return result;
}

function formerName(owner: string, path: readonly string[]): string | undefined {
  return Object.keys(formerNames).find((key) => {
    const known = formerNames[key];
    return known?.service === owner && known.key === path.join('.');
  });
}

function take(
  result: EnvironmentResult,
  path: string[],
  setting: Setting,
  { name, text }: { name: string; text: string },
): void {
  const value = parse(setting, text);
  if (value === undefined)
    result.problems.push(`${name}: must be ${setting.kind === 'boolean' ? 'true or false' : 'a number'}`);
  else set(result.config, path, value);
}

function parse({ kind }: Setting, text: string): unknown {
  if (kind === 'boolean')
    return /^(true|1|yes|on)$/i.test(text) ? true : /^(false|0|no|off)$/i.test(text) ? false : undefined;
  if (kind !== 'number' && kind !== 'integer') return kind === 'list' ? text.split(/[\s,]+/).filter(Boolean) : text;
  const value = Number(text);
  return text.trim() === '' || Number.isNaN(value) ? undefined : value;
}

/** Settings with a value of their own: lists of groups have no place in a variable. */
function leavesOf(settings: readonly Setting[], parents: string[]): { path: string[]; setting: Setting }[] {
  return settings.flatMap((setting) => {
    const path = [...parents, setting.key];
    if (setting.kind === 'group') return leavesOf(setting.settings ?? [], path);
    return setting.kind === 'list' && setting.settings ? [] : [{ path, setting }];
  });
}

function set(config: Record<string, unknown>, [key = '', ...rest]: string[], value: unknown): void {
  if (rest.length === 0) {
    config[key] = value;
    return;
  }
  const inner = config[key];
  const group: Record<string, unknown> = typeof inner === 'object' && inner !== null ? { ...inner } : {};
  config[key] = group;
  set(group, rest, value);
}

function toUpperSnake(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll('-', '_')
    .toUpperCase();
}
