import type * as z from 'zod';

/** One thing that a device can be or do. Options say how this device does it and never change its meaning. */
export interface Capability<Name extends string, State, Command, Options> {
  readonly name: Name;
  /** Decodes from the wire (JSON) and encodes to it. */
  readonly state: z.ZodType<State, unknown>;
  /** Absent when nothing can be commanded. */
  readonly command: z.ZodType<Command, unknown> | undefined;
  readonly options: z.ZodType<Options, unknown>;
}

export function defineCapability<Name extends string, State, Options, Command = never>(capability: {
  name: Name;
  state: z.ZodType<State, unknown>;
  command?: z.ZodType<Command, unknown>;
  options: z.ZodType<Options, unknown>;
}): Capability<Name, State, Command, Options> {
  return { command: undefined, ...capability };
}
