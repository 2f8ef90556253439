import type { Command } from 'commander';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { House } from './config-folder.ts';
import { loadService, serviceNames } from './services.ts';

export interface CommandHost {
  parts: { print: (line: string) => void; signal: AbortSignal };
  open: () => Promise<{ house: House; stateFolder: string }>;
  onDone: (code: number) => void;
}

/**
 * A service's own commands: `porchlight smart-plug test`, or shorter `porchlight plug test`. Only the service that is
 * named among the arguments is loaded.
 */
export async function mountServiceCommands(
  program: Command,
  args: readonly string[],
  host: CommandHost,
): Promise<void> {
  program.addHelpText('after', `\nServices have commands of their own: porchlight <${serviceNames.join('|')}> --help`);
  const taken = new Set(program.commands.map((command) => command.name()));
  for (const name of serviceNames) {
    const words = [name, ...name.split('-')].filter((word) => !taken.has(word));
    const word = words.find((candidate) => args.includes(candidate));
    if (word !== undefined) await mount(program, { name, word }, host);
  }
}

async function mount(
  program: Command,
  { name, word }: { name: string; word: string },
  host: CommandHost,
): Promise<void> {
  const group = program.command(word).description(`commands of ${name}`);
  const { commands = [] } = await loadService(name);
  for (const command of commands) {
    const entry = group.command(command.name).description(command.summary);
    for (const { name: argument, description, required } of command.arguments ?? []) {
      entry.argument(required ? `<${argument}>` : `[${argument}]`, description);
    }
    entry.action(async () => {
      const { house, stateFolder } = await host.open();
      const { print, signal } = host.parts;
      const config = house.services.get(name) ?? {};
      host.onDone(await command.run({ config, folder: stateFolder, args: entry.args, print, ask, signal }));
    });
  }
  if (commands.length > 0) return;
  group.allowExcessArguments().action(() => group.error(`${name} has no commands of its own.`));
}

async function ask(question: string, { isHidden } = { isHidden: false }): Promise<string> {
  if (!process.stdin.isTTY) throw new Error(`${question} Run this at a terminal.`);
  let isSilent = false;
  // What is typed is shown by readline, not by the terminal.
  const output = new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (!isSilent) process.stdout.write(chunk);
      done();
    },
  });
  const terminal = createInterface({ input: process.stdin, output, terminal: true });
  try {
    const answer = terminal.question(`${question} `);
    isSilent = isHidden;
    return await answer;
  } finally {
    terminal.close();
    if (isHidden) process.stdout.write('\n');
  }
}
