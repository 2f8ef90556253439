import { alarmModeSchema, describeError, errorCode, type Log } from '@porchlight/core';
import { Command, Option } from 'commander';
import { join, resolve } from 'node:path';
import { openAddon } from './addon.ts';
import { withBus } from './bus-session.ts';
import { setAlarmMode } from './commands/arm.ts';
import { checkConfig } from './commands/check-config.ts';
import { followEvents } from './commands/events.ts';
import { run } from './commands/run.ts';
import { status } from './commands/status.ts';
import { testNotifications } from './commands/notify-test.ts';
import { readHouse, type House } from './config-folder.ts';
import { createConsoleLog } from './console-log.ts';
import { mountServiceCommands } from './service-commands.ts';

export interface ProgramParts {
  print: (line: string) => void;
  printError: (line: string) => void;
  signal: AbortSignal;
  env: NodeJS.ProcessEnv;
}

interface Options {
  config: string;
  state?: string;
  addon?: boolean;
  debug?: boolean;
}

/** Exit codes: 0 done, 1 failed, 2 wrong usage or configuration. */
export async function runProgram(args: readonly string[], parts: ProgramParts): Promise<number> {
  let code = 0;
  const program = new Command('porchlight')
    .description('Runs Porchlight services without Homebridge, and looks at the house.')
    .option('-c, --config <folder>', 'folder with porchlight.json', '.')
    .option('--state <folder>', 'where services keep their state (default: <config>/state)')
    .option('--debug', 'say more')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => parts.print(text.trimEnd()),
      writeErr: (text) => parts.printError(text.trimEnd()),
    });
  const open = async (): Promise<{ house: House; stateFolder: string; log: Log }> => {
    const options = program.opts<Options>();
    const folder = resolve(options.config);
    const log = createConsoleLog({ isDebug: options.debug ?? false, env: parts.env });
    return {
      house: await readHouse(folder, parts.env),
      stateFolder: resolve(options.state ?? join(folder, 'state')),
      log,
    };
  };
  type Use = Parameters<typeof withBus<number>>[1];
  const onEveryBus = async (use: Use): Promise<number> => {
    const { house, stateFolder } = await open();
    return Math.max(...(await Promise.all(house.brokers.map((broker) => withBus({ broker, stateFolder }, use)))));
  };
  const onBusOfAlarm = async (use: Use): Promise<number> => {
    const { house, stateFolder } = await open();
    const broker = house.services.get('event-alarm')?.['broker'] ?? house.brokers[0];
    return withBus({ broker, stateFolder }, use);
  };

  program
    .command('run')
    .description('run the configured services until asked to end')
    .addOption(new Option('--addon', 'read the options of the Home Assistant add-on').hideHelp())
    .action(async ({ addon }: { addon?: boolean }) => {
      const { env, signal } = parts;
      const opened = await (addon ? openAddon(env, signal) : open()).catch((error: unknown) => {
        // Asked to end while it waited for the broker.
        if (!signal.aborted) throw error;
      });
      if (opened) code = await run({ ...opened, signal, env });
    });
  program
    .command('check-config')
    .description('check the configuration and say how to mend it')
    .action(async () => {
      code = await checkConfig((await open()).house, parts.print);
    });
  program
    .command('status')
    .description('show services and devices')
    .action(async () => {
      code = await onEveryBus((client) => status(client, parts.print));
    });
  program
    .command('events')
    .description('show events as they happen')
    .option('-f, --follow', 'until Ctrl-C', true)
    .option('--json', 'one JSON object a line')
    .action(async ({ json = false }: { json?: boolean }) => {
      const options = { print: parts.print, isJson: json, signal: parts.signal };
      code = await onEveryBus((client) => followEvents(client, options));
    });
  const arming = (name: string, description: string) =>
    program.command(name).description(description).option('--code <digits>', 'the code of the alarm');
  arming('arm', 'arm the alarm')
    .argument('[mode]', 'home, away or night', 'away')
    .option('--force', 'although a camera does not answer')
    .action(async (text: string, options: { code?: string; force?: boolean }) => {
      const mode = alarmModeSchema.safeParse(text);
      if (!mode.success) throw new Error(`"${text}" is no mode; use home, away or night.`);
      code = await onBusOfAlarm((client) => setAlarmMode(client, { mode: mode.data, ...options }, parts.print));
    });
  arming('disarm', 'disarm the alarm').action(async (options: { code?: string }) => {
    code = await onBusOfAlarm((client) => setAlarmMode(client, { mode: 'disarmed', ...options }, parts.print));
  });
  const notify = program.command('notify').description('messages to people');
  notify
    .command('test')
    .description('send a test message through every configured channel')
    .action(async () => {
      code = await testNotifications((await open()).house, parts);
    });
  await mountServiceCommands(program, args, { parts, open, onDone: (result) => (code = result) });

  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    const reason = errorCode(error) ?? '';
    if (reason.startsWith('commander.'))
      return reason === 'commander.helpDisplayed' || reason === 'commander.help' ? 0 : 2;
    parts.printError(describeError(error));
    return reason.startsWith('config.') ? 2 : 1;
  }
}
