import { describeError, errorCode } from '@porchlight/core';
import { systemClock } from '@porchlight/core/node';
import { Command } from 'commander';
import { once } from 'node:events';
import { addHome, changeHome, listHomes, removeHome, rotateToken, type HomeOptions } from './commands/homes.ts';
import { readConfig } from './config-file.ts';
import type { WatchtowerConfig } from './config.ts';
import { createJsonLog } from './event-log.ts';
import { openStore } from './store/open-store.ts';
import type { Store } from './store/store.ts';
import { startWatchtower } from './watchtower.ts';

export interface ProgramParts {
  print: (line: string) => void;
  printError: (line: string) => void;
  signal: AbortSignal;
  env: NodeJS.ProcessEnv;
}

/** Runs the command line. Exit codes: 0 done, 1 failed, 2 wrong usage or configuration. */
export async function runProgram(args: readonly string[], parts: ProgramParts): Promise<number> {
  const program = new Command('porchlight-watchtower')
    .description('Hears the heartbeats of homes, and tells people when one falls silent.')
    .option('-c, --config <file>', 'the configuration', 'watchtower.json')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => parts.print(text.trimEnd()),
      writeErr: (text) => parts.printError(text.trimEnd()),
    });
  const log = createJsonLog(parts.print);
  const read = (): Promise<WatchtowerConfig> =>
    readConfig({ path: program.opts<{ config: string }>().config, env: parts.env, log });

  program
    .command('serve')
    .description('listen and watch until asked to end')
    .action(async () => {
      const config = await read();
      const store = await openStore(config, systemClock);
      const watchtower = await startWatchtower({ config, store, log });
      if (!parts.signal.aborted) await once(parts.signal, 'abort');
      await watchtower.stop();
      log.info('Stopped.');
    });
  mountHomes(program, parts, read);

  try {
    await program.parseAsync([...args], { from: 'user' });
    return 0;
  } catch (error) {
    const reason = errorCode(error) ?? '';
    if (reason.startsWith('commander.')) return /\.(helpDisplayed|help|version)$/.test(reason) ? 0 : 2;
    parts.printError(describeError(error));
    return reason.startsWith('config.') ? 2 : 1;
  }
}

function mountHomes(program: Command, { print }: ProgramParts, read: () => Promise<WatchtowerConfig>): void {
  const withStore = async (
    use: (parts: { store: Store; config: WatchtowerConfig; print: typeof print }) => Promise<void>,
  ) => {
    const config = await read();
    const store = await openStore(config, systemClock);
    try {
      await use({ store, config, print });
    } finally {
      await store.close();
    }
  };
  const homes = program.command('homes').description('the homes that are watched');
  const withOptions = (name: string, description: string): Command =>
    homes
      .command(`${name} <id>`)
      .description(description)
      .option('--name <name>', 'what messages call it')
      .option('--grace <seconds>', 'how long it may be silent')
      .option('--channel <names...>', 'whom to tell; all channels when never named');
  withOptions('add', 'add a home and show its token').action((id: string, options: HomeOptions) =>
    withStore((parts) => addHome(parts, id, options)),
  );
  withOptions('change', 'change a home').action((id: string, options: HomeOptions) =>
    withStore((parts) => changeHome(parts, id, options)),
  );
  homes
    .command('list')
    .description('show the homes and how they are')
    .option('--json', 'one JSON object a line')
    .action(({ json = false }: { json?: boolean }) => withStore((parts) => listHomes(parts, systemClock.now(), json)));
  homes
    .command('remove <id>')
    .description('watch a home no longer')
    .action((id: string) => withStore((parts) => removeHome(parts, id)));
  homes
    .command('rotate-token <id>')
    .description('give a home a new token; the old one is refused')
    .action((id: string) => withStore((parts) => rotateToken(parts, id)));
}
