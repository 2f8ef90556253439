import { writeFile } from 'node:fs/promises';
import { Command, Option } from 'commander';
import { createBlinkAccount, createEveryModelAccount, startBlink } from './blink/index.ts';

const print = (line: string): void => void process.stdout.write(`${line}\n`);

interface BlinkFlags {
  port: number;
  https?: true;
  everyModel?: true;
  certificate?: string;
  secondFactor: 'none' | '412' | '202';
}

async function simulateBlink(flags: BlinkFlags): Promise<void> {
  const account = flags.everyModel ? createEveryModelAccount() : createBlinkAccount();
  account.twoFactor = flags.secondFactor;
  const https = flags.https === true;
  const blink = await startBlink({ now: Date.now, account, port: flags.port, https, control: true, streams: true });
  if (flags.certificate && blink.certificate) await writeFile(flags.certificate, blink.certificate);
  print(`Blink: ${blink.url} (${account.email}, "${account.password}", PIN ${account.pin})`);
  for (const { id, name, networkId } of account.cameras) print(`  camera ${id} ${name}, network ${networkId}`);
  print(`  curl ${https ? '-k ' : ''}${blink.url}/simulator -d '{"do": "trigger", "camera": 4001}'`);
  const stop = (): void => void blink.close();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

const program = new Command('porchlight-simulate').description(
  'Simulated clouds on the loopback address, for any client',
);

program
  .command('blink')
  .description('a Blink account; /simulator tells it what happens')
  .option('-p, --port <number>', 'where it listens; 0 lets the system choose', Number, 8080)
  .option('--https', 'HTTPS, with a certificate for the real host names')
  .option('--certificate <file>', 'writes what clients have to trust, as PEM')
  .addOption(
    new Option('--second-factor <status>', 'how a PIN is asked for').choices(['none', '412', '202']).default('412'),
  )
  .option('--every-model', 'beside the demo account every other camera model')
  .action(simulateBlink);

await program.parseAsync();
