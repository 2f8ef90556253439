import { writeFile } from 'node:fs/promises';
import { Command, Option } from 'commander';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBlinkAccount, createEveryModelAccount, startBlink } from './blink/index.ts';
import { startRhombus } from './rhombus/index.ts';

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
  closeAtEnd(blink);
}

interface RhombusFlags {
  port: number;
  http?: true;
  certificate?: string;
  media: string;
  alerts: number;
  legacyAlerts?: true;
}

const betweenAlertsMs = 300_000;

async function simulateRhombus(flags: RhombusFlags): Promise<void> {
  const rhombus = await startRhombus({
    mediaFolder: flags.media,
    now: Date.now,
    plainCloud: flags.http === true,
    ports: { api: flags.port },
    settings: { legacyAlerts: flags.legacyAlerts === true },
  });
  if (flags.certificate) await writeFile(flags.certificate, rhombus.authority);
  for (let count = 1; count <= flags.alerts; count += 1) {
    await rhombus.scenario.raiseAlert({ timestampMs: Date.now() - count * betweenAlertsMs });
  }
  print(
    `Rhombus: ${rhombus.apiUrl} (key simulated-api-token), changes at ${rhombus.wsUrl}, media at ${rhombus.wanUrl}`,
  );
  for (const { uuid, name } of rhombus.cameras) print(`  camera ${uuid} ${name}`);
  closeAtEnd(rhombus);
}

function closeAtEnd(world: { close(): Promise<void> }): void {
  const stop = (): void => void world.close();
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

program
  .command('rhombus')
  .description('a Rhombus organisation with cameras on the LAN; needs ffmpeg')
  .option('-p, --port <number>', 'where its API listens; 0 lets the system choose', Number, 8443)
  .option('--http', 'HTTP instead of HTTPS for the cloud')
  .option('--certificate <file>', 'writes what clients have to trust, as PEM')
  .option('--media <folder>', 'where its film is kept', join(tmpdir(), 'porchlight-rhombus-film'))
  .option('--alerts <number>', 'alerts of the time before the start, five minutes apart', Number, 3)
  .option('--legacy-alerts', 'alerts in the shape that the original copy script reads')
  .action(simulateRhombus);

await program.parseAsync();
