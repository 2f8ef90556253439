import { spawn } from 'node:child_process';
import { argv, execPath, exit, stdin, stdout } from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import qrcode from 'qrcode-terminal';
import { startCommentary } from './commentary.ts';
import { demoFolder, findRunning, markRunning, openHome, writeHomebridgeConfig } from './folder.ts';
import { startHomebridge } from './homebridge.ts';
import { startBeside } from './beside.ts';
import { keysHelp, startKeys } from './keys.ts';
import { describePlatforms } from './platforms.ts';
import { startSensors } from './sensors.ts';
import { tellStory } from './story.ts';
import { openWorld } from './world.ts';

const { values } = parseArgs({ args: argv.slice(2), options: { config: { type: 'string' } } });
exit(values.config === undefined ? await runDemo() : await runRealHome(values.config));

/** A house without hardware: real Homebridge, real MQTT, simulated sensors. Ends on Ctrl-C. */
async function runDemo(): Promise<number> {
  const running = await findRunning();
  if (running !== undefined) {
    console.error(`The demo home is open already (process ${running}).`);
    return 1;
  }
  await markRunning();
  const stop = createStopSignal();
  say('Opening the demo home …');
  const home = await openHome(say);
  const world = await openWorld(say);
  await writeHomebridgeConfig(home, describePlatforms(home, world));
  const homebridge = await startHomebridge(say);
  const sensors = startSensors(home.brokerPort);
  const commentary = startCommentary(home.brokerPort, say);
  await sensors.running.ready;
  const beside = await startBeside(home, world, say);
  invite(homebridge.setupUri, home.pin);
  const house = { client: commentary.client, sensors, world, say };
  const closeKeys = startKeys(house, () => stop.now());
  void tellStory(house, stop.signal);
  await stop.requested;
  say('Closing the demo home …');
  closeKeys();
  await Promise.all([sensors.running.stop(), beside.stop()]);
  await homebridge.stop();
  await commentary.stop();
  await world.close();
  say(`Closed. Everything it wrote is in ${demoFolder}.`);
  return 0;
}

/** `npm start -- --config <folder>`: the same services, with the owner's own configuration. */
function runRealHome(folder: string): Promise<number> {
  const main = fileURLToPath(new URL('../../packages/host/src/main.ts', import.meta.url));
  const child = spawn(execPath, ['--conditions=@porchlight/source', main, 'run', '--config', folder], {
    stdio: 'inherit',
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => child.on('exit', (code) => resolve(code ?? 1)));
}

function createStopSignal() {
  const controller = new AbortController();
  const now = (): void => controller.abort();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, now);
  const requested = new Promise<void>((resolve) => controller.signal.addEventListener('abort', () => resolve()));
  return { signal: controller.signal, requested, now };
}

function invite(setupUri: string, pin: string): void {
  stdout.write('\nScan with the Home app of an iPhone in this network (Add Accessory), or type the code:\n\n');
  qrcode.generate(setupUri, { small: true }, (picture) => stdout.write(`${picture.replace(/^/gm, '    ')}\n`));
  stdout.write(`    Setup code  ${pin}\n\n`);
  if (stdin.isTTY) stdout.write(`${keysHelp}\n\n`);
}

function say(line: string): void {
  stdout.write(`${new Date().toTimeString().slice(0, 8)}  ${line}\n`);
}
