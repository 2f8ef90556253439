import { alarmModeSchema, describeError, errorCode, type Log } from '@porchlight/core';
import { readMqttService } from '@porchlight/home-assistant';
import { Command, Option } from 'commander';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { withBus } from './bus-session.ts';
import { setAlarmMode } from './commands/arm.ts';
import { checkConfig } from './commands/check-config.ts';
import { followEvents } from './commands/events.ts';
import { run } from './commands/run.ts';
import { status } from './commands/status.ts';
import { buildHouse, readHouse, type House } from './config-folder.ts';
import { createConsoleLog } from './console-log.ts';
import { loadService, serviceNames } from './services.ts';

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
  const onBus = async (use: Parameters<typeof withBus<number>>[1]): Promise<number> => {
    const { house, stateFolder } = await open();
    return withBus({ broker: house.broker, stateFolder }, use);
  };

  program
    .command('run')
    .description('run the configured services until asked to end')
    .addOption(new Option('--addon', 'read the options of the Home Assistant add-on').hideHelp())
    .action(async ({ addon }: { addon?: boolean }) => {
      const opened = addon ? await openAddon(parts.env) : await open();
      code = await run({ ...opened, signal: parts.signal });
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
      code = await onBus((client) => status(client, parts.print));
    });
  program
    .command('events')
    .description('show events as they happen')
    .option('-f, --follow', 'until Ctrl-C', true)
    .option('--json', 'one JSON object a line')
    .action(async ({ json = false }: { json?: boolean }) => {
      code = await onBus((client) => followEvents(client, { print: parts.print, isJson: json, signal: parts.signal }));
    });
  const arming = (name: string, description: string) =>
    program.command(name).description(description).option('--code <digits>', 'the code of the alarm');
  arming('arm', 'arm the alarm')
    .argument('[mode]', 'home, away or night', 'away')
    .option('--force', 'although a camera does not answer')
    .action(async (text: string, options: { code?: string; force?: boolean }) => {
      const mode = alarmModeSchema.safeParse(text);
      if (!mode.success) throw new Error(`"${text}" is no mode; use home, away or night.`);
      code = await onBus((client) => setAlarmMode(client, { mode: mode.data, ...options }, parts.print));
    });
  arming('disarm', 'disarm the alarm').action(async (options: { code?: string }) => {
    code = await onBus((client) => setAlarmMode(client, { mode: 'disarmed', ...options }, parts.print));
  });
  await mountServiceCommands(program, { parts, open, onDone: (result) => (code = result) });

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

/** A service's own commands: `porchlight <service> <command>`. */
async function mountServiceCommands(
  program: Command,
  host: {
    parts: ProgramParts;
    open: () => Promise<{ house: House; stateFolder: string }>;
    onDone: (code: number) => void;
  },
): Promise<void> {
  for (const name of serviceNames) {
    const { commands = [] } = await loadService(name).catch(() => ({ commands: [] }));
    if (commands.length === 0) continue;
    const group = program.command(name).description(`commands of ${name}`);
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
  }
}

async function ask(question: string): Promise<string> {
  if (!process.stdin.isTTY) throw new Error(`${question} Run this at a terminal.`);
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return await terminal.question(`${question} `);
  } finally {
    terminal.close();
  }
}

/** The add-on's options are its configuration; its broker is Home Assistant's, unless one is named. */
async function openAddon(env: NodeJS.ProcessEnv): Promise<{ house: House; stateFolder: string; log: Log }> {
  const folder = env['PORCHLIGHT_ADDON_DATA'] ?? '/data';
  const raw = JSON.parse(await readFile(join(folder, 'options.json'), 'utf8')) as { broker?: { url?: string } };
  const token = env['SUPERVISOR_TOKEN'];
  const broker = raw.broker?.url || token === undefined ? raw.broker : await readMqttService(token);
  const house = buildHouse({ ...raw, broker: broker ?? {} }, env);
  return { house, stateFolder: join(folder, 'state'), log: createConsoleLog({ env }) };
}
