import type { WatchdogConfig } from '@porchlight/config-schemas';
import { toIso, type CommandOf, type Device, type Devices, type StateOf } from '@porchlight/core';
import type { GroupWatch } from '../../domain/group-watch.ts';
import type { ProbeGroup } from '../../domain/probe.ts';
import type { ShownStatus } from '../../domain/status.ts';
import { quantities, type Figures } from './figures.ts';

export interface WatchdogCommands {
  reboot(command: CommandOf<'power-cycle'>): Promise<void>;
  pause(on: boolean): Promise<void>;
  /** The plug has begun to restart the router. */
  cycleSeen(): void;
}

const groupNames: Record<ProbeGroup, string> = { address: 'addresses', names: 'names', web: 'web', router: 'router' };

/** The watchdog's devices: the connection, the router's restart, the pause, and a sensor per group where wanted. */
export class WatchdogDevices {
  readonly #internet: Device;
  readonly #router: Device | undefined;
  readonly #pause: Device;
  readonly #groups = new Map<ProbeGroup, Device>();

  constructor(devices: Devices, config: WatchdogConfig, commands: WatchdogCommands) {
    const { name, device, sensor, groupSensors, gateway } = config;
    const model = 'Watchdog';
    this.#internet = devices.add({
      id: 'internet',
      name,
      model,
      capabilities: { connectivity: { as: sensor }, measurement: { quantities } },
      state: { connectivity: { status: 'unknown' } },
    });
    if (device !== undefined) {
      this.#router = devices.add({
        id: 'router',
        name: 'Reboot router',
        model,
        capabilities: { 'power-cycle': {} },
        state: { 'power-cycle': { phase: 'idle' } },
        commands: { 'power-cycle': (command) => commands.reboot(command) },
      });
    }
    this.#pause = devices.add({
      id: 'pause',
      name: 'Pause watchdog',
      model,
      capabilities: { switch: {} },
      state: { switch: { on: false } },
      commands: { switch: ({ on }) => commands.pause(on) },
    });
    if (!groupSensors) return;
    for (const group of ['address', 'names', 'web', 'router'] as const) {
      if (group === 'router' && gateway === 'none') continue;
      const description = { id: `internet-${groupNames[group]}`, name: `${name} ${groupNames[group]}`, model };
      const state = { connectivity: { status: 'unknown' as const } };
      this.#groups.set(group, devices.add({ ...description, capabilities: { connectivity: { as: sensor } }, state }));
    }
  }

  /** Shows the connection; the time of a change is that of the first call with it. */
  show(status: ShownStatus, now: number): void {
    showStatus(this.#internet, status, now);
  }

  showRouter(state: StateOf<'power-cycle'>): void {
    this.#router?.update('power-cycle', state);
  }

  showPause(on: boolean): void {
    this.#pause.update('switch', { on });
  }

  /** A group is offline after that many silent rounds. */
  showGroups(watch: GroupWatch, offlineRounds: number, now: number): void {
    for (const [group, device] of this.#groups) {
      const failed = watch[group];
      const isSilent = failed !== undefined && failed >= offlineRounds;
      const status = failed === undefined ? 'unknown' : isSilent ? 'offline' : 'online';
      showStatus(device, { status }, now);
    }
  }

  showFigures({ nextRebootAt, lastOutageAt, ...figures }: Figures, now: number): void {
    const values = {
      ...figures,
      nextRebootAt: nextRebootAt === null ? null : toIso(nextRebootAt),
      lastOutageAt: lastOutageAt === null ? null : toIso(lastOutageAt),
    };
    this.#internet.update('measurement', { at: now, values });
  }

  /** A fact for whoever listens. */
  announce(type: 'outage' | 'recovered' | 'reboot', now: number): void {
    this.#internet.emit({ id: `watchdog-${type}-${now}`, type, occurredAt: now, observedAt: now });
  }

  /** Without its plug the router cannot be commanded at all. */
  reportRouter(obstacle: string | undefined): void {
    const health = obstacle === undefined ? { ok: true } : { ok: false, reachable: false, problem: obstacle };
    this.#router?.update('health', health);
  }

  report(problem: string | undefined): void {
    this.#internet.update('health', problem === undefined ? { ok: true } : { ok: false, problem });
  }
}

function showStatus(device: Device, status: ShownStatus, now: number): void {
  const before = device.state('connectivity');
  const isSame = before?.status === status.status && before.cause === status.cause;
  if (!isSame) device.update('connectivity', { ...status, since: now });
}
