/** What a service's own command of the command line is given. */
export interface ServiceCommandContext {
  /** The service's block of the configuration, unchecked. */
  config: unknown;
  /** The storage root that the service itself uses. */
  folder: string;
  args: readonly string[];
  print(line: string): void;
  /** Asks the person at the terminal; rejects when there is none. A hidden answer is not shown while it is typed. */
  ask(question: string, options?: { isHidden: boolean }): Promise<string>;
  signal: AbortSignal;
}

/** One command that a service adds to the command line: `porchlight <service> <name>`. */
export interface ServiceCommand {
  name: string;
  /** One sentence for the help. */
  summary: string;
  arguments?: readonly { name: string; description: string; required: boolean }[];
  /** Resolves with the exit code: 0 done, 1 failed, 2 wrong usage. */
  run(context: ServiceCommandContext): Promise<number>;
}
