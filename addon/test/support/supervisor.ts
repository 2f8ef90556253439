import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

type Schema = string | Schema[] | { [key: string]: Schema };

const element =
  /^(bool|str|password|int(\((-?\d+)?,(-?\d+)?\))?|float(\((-?\d*\.?\d+)?,(-?\d*\.?\d+)?\))?|list\((.+)\))\??$/;

/** Whether the Supervisor can read a schema: a list has one element, and that is no list. */
export function unreadableTypes(schema: Schema): string[] {
  if (typeof schema === 'string') return element.test(schema) ? [] : [schema];
  if (!Array.isArray(schema)) return Object.values(schema).flatMap(unreadableTypes);
  const [only] = schema;
  return schema.length !== 1 || only === undefined || Array.isArray(only)
    ? [JSON.stringify(schema)]
    : unreadableTypes(only);
}

/**
 * What the Supervisor has against options (home-assistant/supervisor, apps/options.py): every key of the schema must be
 * there, unless it is a plain value, or a list of them, that ends with a question mark.
 */
export function objectionsTo(options: unknown, schema: Schema, path = ''): string[] {
  if (Array.isArray(schema)) {
    if (!Array.isArray(options)) return [`${path} is no list`];
    return options.flatMap((entry, index) => objectionsTo(entry, schema[0] ?? '', `${path}[${index}]`));
  }
  if (typeof schema === 'string') return objectionsToValue(options, schema).map((problem) => `${path} ${problem}`);
  if (typeof options !== 'object' || options === null || Array.isArray(options)) return [`${path} is no group`];
  const given = options as Record<string, unknown>;
  const unknown = Object.keys(given).filter((key) => !(key in schema));
  const missing = Object.entries(schema).filter(([key, type]) => !(key in given) && !isOptional(type));
  return [
    ...unknown.map((key) => `${path}/${key} is unknown`),
    ...missing.map(([key]) => `${path}/${key} is missing`),
    ...Object.entries(given).flatMap(([key, value]) =>
      key in schema ? objectionsTo(value, schema[key] ?? '', `${path}/${key}`) : [],
    ),
  ];
}

function isOptional(type: Schema): boolean {
  const only = Array.isArray(type) ? type[0] : type;
  return typeof only === 'string' && only.endsWith('?');
}

function objectionsToValue(value: unknown, type: string): string[] {
  const [, plain = '', , intMin, intMax, , floatMin, floatMax, choices] = element.exec(type) ?? [];
  if (plain.startsWith('list')) return choices?.split('|').includes(String(value)) ? [] : [`is none of ${choices}`];
  if (plain === 'bool') return typeof value === 'boolean' ? [] : ['is no boolean'];
  if (plain === 'str' || plain === 'password') return typeof value === 'string' ? [] : ['is no text'];
  const [min, max] = [Number(intMin ?? floatMin ?? -Infinity), Number(intMax ?? floatMax ?? Infinity)];
  const isNumber = typeof value === 'number' && (plain.startsWith('float') || Number.isInteger(value));
  return isNumber && value >= min && value <= max ? [] : [`is no ${plain}`];
}

export interface Supervisor {
  url: string;
  /** The broker it offers; undefined while there is none. */
  mqtt: Record<string, unknown> | undefined;
  asked: number;
  stop(): void;
}

/** The one address of the Supervisor that we ask. */
export async function startSupervisor(token: string): Promise<Supervisor> {
  const supervisor: Supervisor = { url: '', mqtt: undefined, asked: 0, stop: () => server.close() };
  const server = createServer(({ url, headers }, response) => {
    supervisor.asked += 1;
    const isAllowed = url === '/services/mqtt' && headers.authorization === `Bearer ${token}`;
    const answer = supervisor.mqtt ? { result: 'ok', data: supervisor.mqtt } : { result: 'error', message: 'none' };
    response.writeHead(isAllowed && supervisor.mqtt ? 200 : 400).end(JSON.stringify(isAllowed ? answer : {}));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  supervisor.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return supervisor;
}
