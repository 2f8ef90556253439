import { describeError, type ServiceCommand } from '@porchlight/core';
import { userInfo } from 'node:os';
import { listPorts, renderPorts, type PortChoice } from '../../domain/describe-tree.ts';
import { listPermissionCommands, listPermissionFiles } from '../../domain/permissions.ts';
import type { UsbTree } from '../../domain/usb-tree.ts';
import { runProgram } from '../program/client.ts';
import { Sysfs } from '../sysfs/client.ts';
import { openSysfs } from '../sysfs/files.ts';
import { askUhubctl, withSwitching } from '../uhubctl/client.ts';
import { readPaths } from './paths.ts';
import { tryPort } from './trial.ts';

export interface Survey {
  ports: PortChoice[];
  /** Whether uhubctl could be asked what the hubs can. */
  hasUhubctl: boolean;
  /** What lets Homebridge switch the ports, line by line. */
  permissions: string[];
}

/** Ports, what hangs on them, and whether their power can be switched; for the settings page. */
export async function survey(config: unknown): Promise<Survey> {
  const { tree, hasUhubctl } = await look(config);
  return { ports: listPorts(tree), hasUhubctl, permissions: permissionLines('homebridge') };
}

/** Switches a port off and on for the settings page; see `tryPort`. */
export function tryLamp(config: unknown, port: string): Promise<string> {
  return tryPort({ port, paths: readPaths(config) });
}

/** Commands of `porchlight usb-power`, or shorter `porchlight usb`. */
export const commands: readonly ServiceCommand[] = [
  {
    name: 'list',
    summary: 'Shows hubs and ports, what hangs on each, and whether its power can be switched.',
    async run({ config, print }) {
      const { tree, hasUhubctl } = await look(config);
      for (const line of renderPorts(tree)) print(line);
      if (tree.ports.length === 0) print('This machine shows no USB hub.');
      if (!hasUhubctl) print('With uhubctl installed, the hubs could be asked whether they switch power.');
      return tree.ports.length > 0 ? 0 : 1;
    },
  },
  {
    name: 'try',
    summary: 'Switches a port off and on three times, to see whether the hub really cuts its voltage.',
    arguments: [{ name: 'port', description: 'as "list" shows it, such as 1-1.4', required: true }],
    async run({ config, args, print, signal }) {
      const [port = ''] = args;
      try {
        print(`Watch the lamp at ${port}.`);
        print(`Switched three times by ${await tryPort({ port, paths: readPaths(config), signal })}.`);
        print('If the lamp stayed lit, this hub does not cut the voltage: use another one, or a relay.');
        return 0;
      } catch (error) {
        print(describeError(error));
        return 1;
      }
    },
  },
  {
    name: 'permissions',
    summary: 'Prints the udev rule and the service override that let Porchlight switch ports without root.',
    arguments: [{ name: 'unit', description: 'the systemd unit, homebridge unless given', required: false }],
    async run({ args, print }) {
      const [unit = 'homebridge'] = args;
      if (!/^[\w@.-]+$/.test(unit)) {
        print('That is not the name of a systemd unit.');
        return 2;
      }
      for (const line of permissionLines(unit)) print(line);
      return 0;
    },
  },
];

/** For the account that runs this; who asks as root asks for the unit's own. */
function permissionLines(unit: string): string[] {
  const { username } = userInfo();
  const target = { unit, user: username === 'root' ? unit : username };
  const files = listPermissionFiles(target).flatMap(({ path, text }) => [`# ${path}`, ...text.split('\n')]);
  return [...files, '# then', ...listPermissionCommands(target)];
}

async function look(raw: unknown): Promise<{ tree: UsbTree; hasUhubctl: boolean }> {
  const { uhubctlPath, sysfsFolder } = readPaths(raw);
  const tree = await new Sysfs(openSysfs(sysfsFolder)).survey();
  const known = await askUhubctl({ run: runProgram, path: uhubctlPath });
  return { tree: withSwitching(tree, known ?? new Map()), hasUhubctl: known !== undefined };
}
