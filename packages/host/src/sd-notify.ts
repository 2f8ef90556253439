import { execFile } from 'node:child_process';

export interface SystemdLink {
  ready(status: string): void;
  stopping(): void;
  /** Stops the watchdog's beat. */
  close(): void;
}

const silent: SystemdLink = { ready() {}, stopping() {}, close() {} };

/**
 * Tells systemd how we are, where it asked (`Type=notify`, `WatchdogSec=`). Node has no datagram sockets of this kind, so
 * systemd's own `systemd-notify` speaks for us; the unit needs `NotifyAccess=all`.
 */
export function linkSystemd(env: NodeJS.ProcessEnv = process.env): SystemdLink {
  if (!env['NOTIFY_SOCKET']) return silent;
  const notify = (...states: string[]): void => {
    execFile('systemd-notify', [`--pid=${process.pid}`, ...states], { env, timeout: 5_000 }, () => undefined);
  };
  const watchdogMs = Number(env['WATCHDOG_USEC'] ?? 0) / 1000;
  // A timer of the event loop: when the loop hangs, the beat stops, which is the point.
  const beat = watchdogMs > 0 ? setInterval(() => notify('WATCHDOG=1'), watchdogMs / 2) : undefined;
  return {
    ready: (status) => notify('READY=1', `STATUS=${status}`),
    stopping: () => notify('STOPPING=1'),
    close: () => clearInterval(beat),
  };
}
