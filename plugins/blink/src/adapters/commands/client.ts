import { join } from 'node:path';
import { blinkSchema, type BlinkConfig } from '@porchlight/config-schemas';
import {
  describeError,
  errorCode,
  parseConfig,
  PorchlightError,
  silentLog,
  type Log,
  type ServiceCommand,
  type ServiceContext,
} from '@porchlight/core';
import { createFileStorage, systemClock } from '@porchlight/core/node';
import { PersonalSignIn } from '../account/personal.ts';
import { mostWrongPins } from '../sign-in/client.ts';
import { saveClips } from './clips.ts';

type CommandContext = Parameters<ServiceCommand['run']>[0];
type CommandParts = Pick<ServiceContext, 'clock' | 'log' | 'storage' | 'signal'>;

interface Opened {
  config: BlinkConfig;
  parts: CommandParts;
  signIn: PersonalSignIn;
}

const longestHours = 1440;

/** What Blink adds to the command line. */
export const commands: readonly ServiceCommand[] = [
  { name: 'login', summary: 'Signs in to Blink; asks for the PIN that Blink sends.', run: login },
  { name: 'status', summary: 'Says whether the account is signed in.', run: status },
  {
    name: 'clips',
    summary: 'Saves the films of the last hours, slowly, as Blink wants it.',
    arguments: [{ name: 'hours', description: 'how far back, 1 to 1440; 24 when absent', required: false }],
    run: clips,
  },
];

/** What the settings page needs of a sign-in. */
export type SettingsSignIn = Pick<PersonalSignIn, 'status' | 'begin' | 'enterPin'>;

/**
 * The sign-in for the settings page, from the configuration as the form has it. `folder` is the storage root of the
 * services. Throws an error that says what is wrong with the configuration.
 */
export function openPersonalSignIn(raw: Record<string, unknown>, folder: string): SettingsSignIn {
  const { platform: _platform, name: _name, _bridge, ...own } = raw;
  const parsed = parseConfig(blinkSchema, own);
  if (!parsed.ok) throw new PorchlightError('blink.settings', parsed.problems.join(' '), { retry: 'after-user' });
  return new PersonalSignIn(parsed.config, openParts(folder, silentLog, new AbortController().signal));
}

/** What a command works with: the storage of the service in this folder, and the machine's clock. */
function openParts(folder: string, log: Log, signal: AbortSignal): CommandParts {
  return { storage: createFileStorage(join(folder, 'blink'), log), clock: systemClock, log, signal };
}

async function login(context: CommandContext): Promise<number> {
  const { print, ask } = context;
  return withOpened(context, async ({ config, signIn }) => {
    const email = config.email ?? (await ask('E-mail of the Blink account:')).trim();
    const password = config.password ?? (await ask('Password:', { isHidden: true }));
    const step = await signIn.begin({ email, password });
    if (step.type === 'pin-wanted') {
      print(`Blink has sent a PIN${step.phone === undefined ? '' : ` to ${step.phone}`}.`);
      await askForPin(context, signIn);
    }
    print('Signed in.');
    return 0;
  });
}

async function askForPin({ ask, print }: CommandContext, signIn: PersonalSignIn): Promise<void> {
  for (let count = 1; ; count += 1) {
    try {
      return await signIn.enterPin((await ask('PIN:')).trim());
    } catch (error) {
      if (errorCode(error) !== 'blink.pin-wrong' || count >= mostWrongPins) throw error;
      print(describeError(error));
    }
  }
}

async function status(context: CommandContext): Promise<number> {
  return withOpened(context, async ({ signIn }) => {
    const { phase, email, phone, notBefore } = await signIn.status();
    const lines = {
      'signed-in': `Signed in${email === undefined ? '' : ` as ${email}`}.`,
      'pin-wanted': `Waiting for the PIN that Blink has sent${phone === undefined ? '' : ` to ${phone}`}: run "login".`,
      'signed-out': `Not signed in: run "login"${notBefore === undefined ? '' : `, not before ${notBefore}`}.`,
    };
    context.print(lines[phase]);
    return phase === 'signed-in' ? 0 : 1;
  });
}

async function clips(context: CommandContext): Promise<number> {
  const hours = Number(context.args[0] ?? 24);
  if (!(hours >= 1 && hours <= longestHours)) {
    context.print(`Hours must be a number from 1 to ${longestHours}.`);
    return 2;
  }
  return withOpened(context, ({ config, parts }) => saveClips(config, parts, { hours, print: context.print }));
}

/** The exit code of the work: 2 when the configuration is wrong, 1 when it fails with a reason that is printed. */
async function withOpened(
  { config: raw, folder, print, signal }: CommandContext,
  work: (opened: Opened) => Promise<number>,
): Promise<number> {
  const parsed = parseConfig(blinkSchema, raw);
  if (!parsed.ok) {
    for (const problem of parsed.problems) print(problem);
    return 2;
  }
  const log: Log = { error: print, warn: print, info: () => undefined, debug: () => undefined };
  const parts = openParts(folder, log, signal);
  try {
    return await work({ config: parsed.config, parts, signIn: new PersonalSignIn(parsed.config, parts) });
  } catch (error) {
    print(describeError(error));
    return 1;
  }
}
