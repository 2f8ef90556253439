import { startHomeNetwork, type HomeNetwork } from '@porchlight/simulators';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export interface WatchdogFigures {
  /** Share of one processor while nothing happens, per cent; checks every 15 s, built-in broker included. */
  idleCpuPercent: number;
  /** Processor time of one round of seven checks, milliseconds: what is used beyond a service that checks once an hour. */
  cpuMsPerRound: number;
  rssMb: number;
  /** Of a Node process that does nothing. */
  bareRssMb: number;
}

const run = promisify(execFile);
const root = fileURLToPath(new URL('..', import.meta.url));
const intervalSeconds = 15;
const warmUpMs = 20_000;
const measureMs = 60_000;

/** Runs in a process of its own, on the built packages, as a home does. */
const program = `
const [config, folder, warmUpMs, measureMs] = process.argv.slice(1);
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, Number(ms)));
let running;
if (config) {
  const { runService } = await import('@porchlight/bus');
  const { service } = await import('homebridge-porchlight-watchdog/service');
  const log = { error: console.error, warn: console.error, info() {}, debug() {} };
  running = runService(service, { config: JSON.parse(config), log, folder, host: 'bench' });
  await running.ready;
}
await sleep(warmUpMs);
const before = process.cpuUsage();
await sleep(measureMs);
const { user, system } = process.cpuUsage(before);
const status = running?.devices.state('internet', 'connectivity')?.status;
const measured = { cpuMs: (user + system) / 1000, rssMb: process.memoryUsage.rss() / 1e6, status };
await running?.stop();
console.log(JSON.stringify(measured));
process.exit(0);
`;

interface Measured {
  cpuMs: number;
  rssMb: number;
  status?: string;
}

async function measure(config: object | undefined): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), 'porchlight-bench-watchdog-'));
  const text = config === undefined ? '' : JSON.stringify(config);
  const args = ['--input-type=module', '-e', program, text, folder, String(warmUpMs), String(measureMs)];
  const { stdout } = await run(process.execPath, args, { cwd: root });
  await rm(folder, { recursive: true, force: true });
  const measured = JSON.parse(stdout) as Measured;
  if (config && measured.status !== 'online') throw new Error(`The watchdog is ${measured.status ?? 'unknown'}.`);
  return measured;
}

/** As many checks as are built in, against a home on loopback. */
function settings({ targets }: HomeNetwork, intervalOfChecks: number, port: number): object {
  const page = { type: 'http', url: `${targets.http}/success.txt`, body: 'success' };
  const probes = [
    ...targets.tcp.map(({ host, port: at }) => ({ type: 'tcp', host, port: at, owner: String(at) })),
    { type: 'dns', server: `${targets.dns.host}:${targets.dns.port}` },
    { type: 'dns', server: `${targets.routerDns.host}:${targets.routerDns.port}` },
    page,
    { ...page, url: `${targets.http}/generate_204`, status: 204, body: undefined },
  ];
  const times = { intervalSeconds: intervalOfChecks, offlineAfterSeconds: 3600 };
  return { probes, gateway: '127.0.0.1', ...times, broker: { port } };
}

/** Processor time and memory of the watchdog in a quiet minute. Takes about 80 s: the three processes run side by side. */
export async function benchWatchdog(): Promise<WatchdogFigures> {
  const network = await startHomeNetwork();
  try {
    const [usual, rare, bare] = await Promise.all([
      measure(settings(network, intervalSeconds, 28_831)),
      measure(settings(network, 3600, 28_832)),
      measure(undefined),
    ]);
    const rounds = measureMs / 1000 / intervalSeconds;
    return {
      idleCpuPercent: Number(((usual.cpuMs / measureMs) * 100).toFixed(3)),
      cpuMsPerRound: Number(((usual.cpuMs - rare.cpuMs) / rounds).toFixed(2)),
      rssMb: Math.round(usual.rssMb),
      bareRssMb: Math.round(bare.rssMb),
    };
  } finally {
    await network.close();
  }
}

if (import.meta.main) {
  console.log(JSON.stringify(await benchWatchdog()));
  process.exit(0);
}
