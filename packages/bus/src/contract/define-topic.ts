import { reservedDeviceIds } from '@porchlight/core';
import type * as z from 'zod';

/** The names in angle brackets of a path: `<service>/<device>` has `service` and `device`. */
export type ParamName<Path extends string> = Path extends `${string}<${infer Name}>${infer Rest}`
  ? Name | ParamName<Rest>
  : never;
export type Params<Path extends string> = Record<ParamName<Path>, string>;

export interface TopicOptions<Path extends string, Payload> {
  /** Below the root. A parameter takes exactly one level. */
  path: Path;
  /** The payload's schema; it may depend on the parameters. Undefined for parameters that cannot be. */
  payload: (params: Params<Path>) => z.ZodType<Payload, unknown> | undefined;
  retain: boolean;
  /** One sentence for the documentation. */
  summary: string;
  /** A payload as it is on the wire. */
  example: { params: Params<Path>; payload: unknown };
}

/** One row of the contract. All topics have QoS 1. */
export interface Topic<Path extends string, Payload> extends TopicOptions<Path, Payload> {
  /** The full topic. Throws on a parameter that is not one plain level, so that a wildcard is never published. */
  format(root: string, params: Params<Path>): string;
  /** The subscription filter; an absent parameter becomes `+`. */
  filter(root: string, params?: Partial<Params<Path>>): string;
  /** The parameters of a topic that came in; undefined when it is not one of this row. */
  match(root: string, topic: string): Params<Path> | undefined;
}

const level = /^[^/+#]+$/;

export function defineTopic<Path extends string, Payload>(options: TopicOptions<Path, Payload>): Topic<Path, Payload> {
  const parts = options.path.split('/').map((part) => {
    const name = /^<(.+)>$/.exec(part)?.[1];
    return name === undefined ? { literal: part } : { name: name as ParamName<Path> };
  });
  const build = (root: string, value: (name: ParamName<Path>) => string): string =>
    [root, ...parts.map((part) => ('name' in part ? value(part.name) : part.literal))].join('/');
  return {
    ...options,
    format: (root, params) =>
      build(root, (name) => {
        const text = params[name];
        if (!level.test(text)) throw new Error(`"${text}" cannot stand in a topic as <${name}>.`);
        return text;
      }),
    filter: (root, params) => build(root, (name) => params?.[name] ?? '+'),
    match(root, topic) {
      if (!topic.startsWith(`${root}/`)) return undefined;
      const levels = topic.slice(root.length + 1).split('/');
      if (levels.length !== parts.length) return undefined;
      const params: Record<string, string> = {};
      for (const [index, part] of parts.entries()) {
        const text = levels[index] ?? '';
        if ('name' in part) params[part.name] = text;
        else if (part.literal !== text) return undefined;
      }
      if (reservedDeviceIds.has(params.device ?? '')) return undefined;
      return params as Params<Path>;
    },
  };
}
