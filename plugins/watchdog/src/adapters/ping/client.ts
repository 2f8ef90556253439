import type { ProbeOutcome } from '../../domain/probe.ts';
import { runProgram, type Finished } from '../command/client.ts';
import { broken, noName, silent } from '../outcome.ts';

/** One echo request through the system's `ping`, which has the permission that Node lacks. */
export async function probePing(
  { host, timeoutSeconds, program = 'ping' }: { host: string; timeoutSeconds: number; program?: string },
  signal: AbortSignal,
): Promise<ProbeOutcome> {
  // Whole seconds: BusyBox knows no others. macOS takes -W in milliseconds.
  const limit = Math.max(1, Math.floor(timeoutSeconds)) * (process.platform === 'darwin' ? 1000 : 1);
  const command = [program, '-n', '-c', '1', '-W', String(limit), host];
  try {
    return judgePing(await runProgram(command, signal));
  } catch (error) {
    return broken(error instanceof Error ? error.message : String(error));
  }
}

/** Exit code 1 is silence; 2 and others are trouble of ping itself: no permission, or a name that is not resolved. */
export function judgePing({ exitCode, output, elapsedMs }: Finished): ProbeOutcome {
  const [, time] = /time[=<]([\d.]+) ?ms/.exec(output) ?? [];
  if (exitCode === 0) return { ok: true, latencyMs: time === undefined ? elapsedMs : Number(time) };
  if (exitCode === null) return silent('no answer');
  if (/name resolution|not known|bad address|cannot resolve|unknown host/i.test(output)) return noName('no such name');
  if (/network is unreachable|no route|sendto:|sendmsg:/i.test(output)) return silent('the network is unreachable');
  // BusyBox says with 1 what iputils says with 2.
  const isOwnFault = exitCode !== 1 || /permission|not permitted|cap_net_raw|usage:/i.test(output);
  return isOwnFault
    ? broken(output.split('\n').at(-1)?.slice(0, 200) || `ping ended with ${exitCode}`)
    : silent('no answer');
}
