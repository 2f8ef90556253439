import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { smartHub } from './boards.ts';
import { openUsbFiles, type UsbFiles } from './files.ts';
import { Kernel, type KernelTroubles } from './kernel.ts';
import type { PinctrlState } from './pinctrl-program.ts';
import { installProgram } from './programs.ts';
import { portOf, type Board, type DeviceSpec } from './spec.ts';
import { Tree } from './tree.ts';
import type { UhubctlState } from './uhubctl-program.ts';
import { World } from './world.ts';

export interface UsbOptions {
  /** An empty folder of the caller. */
  folder: string;
  /** A computer with a hub that switches its sockets, unless another is given. */
  board?: Board;
  /** Kernels before 6.0 have no switch at the port. */
  hasPortSwitch?: boolean;
  /** Serves other processes too: what they write into the files takes effect within some milliseconds. */
  isWatching?: boolean;
}

export interface Usb {
  /** Stands for /sys. */
  readonly sysfsFolder: string;
  readonly uhubctlPath: string;
  readonly pinctrlPath: string;
  /** Access within this process, where writes fail as in a kernel. */
  readonly files: UsbFiles;
  readonly troubles: KernelTroubles;
  readonly writes: readonly string[];
  /** Whether a lamp in this socket is lit. */
  isLit(port: string): boolean;
  plug(port: string, device: DeviceSpec): void;
  unplug(port: string): void;
  /** A hub leaves or comes back, then with its ports on. */
  setHub(id: string, isPresent: boolean): void;
  /** What another program does: switches a port, past everyone. */
  switchByHand(port: string, on: boolean): void;
  setUhubctl(trouble: Partial<Pick<UhubctlState, 'isFailing' | 'isForbidden'>>): void;
  setPinctrl(trouble: Partial<Pick<PinctrlState, 'isForbidden'>>): void;
  pin(number: number): 'high' | 'low' | undefined;
  close(): void;
}

const watchMs = 15;

/** A fake machine with USB hubs, uhubctl and GPIO pins. */
export function startUsb(options: UsbOptions): Usb {
  const { folder, board = smartHub, hasPortSwitch = true, isWatching = false } = options;
  const sysfsFolder = join(folder, 'sys');
  mkdirSync(sysfsFolder, { recursive: true });
  const offFolder = join(folder, 'off');
  const pinFolder = join(folder, 'pins');
  mkdirSync(pinFolder, { recursive: true });
  const files = {
    uhubctl: join(folder, 'uhubctl.json'),
    pinctrl: join(folder, 'pinctrl.json'),
  };
  const world = new World(board, offFolder);
  const tree = new Tree(sysfsFolder, { hasPortSwitch });
  const kernel = new Kernel(world, tree);
  write(files.uhubctl, describeHubs(board, offFolder));
  write(files.pinctrl, { isForbidden: false, pinFolder } satisfies PinctrlState);
  tree.sync(world);
  const timer = isWatching ? setInterval(() => follow({ world, tree, kernel, sysfsFolder }), watchMs) : undefined;
  const change = (action: () => void): void => {
    if (isWatching) follow({ world, tree, kernel, sysfsFolder });
    action();
    tree.sync(world);
  };
  return {
    sysfsFolder,
    uhubctlPath: installProgram(folder, 'uhubctl', files.uhubctl),
    pinctrlPath: installProgram(folder, 'pinctrl', files.pinctrl),
    files: openUsbFiles(sysfsFolder, kernel),
    troubles: kernel.troubles,
    writes: kernel.writes,
    isLit: (port) => world.isLit(port),
    plug: (port, device) => change(() => world.plug(port, device)),
    unplug: (port) => change(() => world.unplug(port)),
    setHub: (id, isPresent) => change(() => world.setHub(id, isPresent)),
    switchByHand: (port, on) => change(() => world.setPort(port, on)),
    setUhubctl: (trouble) => write(files.uhubctl, { ...(read(files.uhubctl) as UhubctlState), ...trouble }),
    setPinctrl: (trouble) => write(files.pinctrl, { ...(read(files.pinctrl) as PinctrlState), ...trouble }),
    pin(number) {
      const level = readText(join(pinFolder, String(number)));
      return level === '' ? undefined : level === 'dh' ? 'high' : 'low';
    },
    close: () => clearInterval(timer),
  };
}

interface Watched {
  world: World;
  tree: Tree;
  kernel: Kernel;
  sysfsFolder: string;
}

/** Takes over what another process wrote into the files; what a kernel refuses is put back. */
function follow({ world, tree, kernel, sysfsFolder }: Watched): void {
  for (const port of world.ports) {
    const request = tree.requestOf(port);
    if (request === undefined) continue;
    attempt(() => kernel.write(tree.switchPath(port), request));
    tree.showSwitch(port, world.isPortOn(port));
  }
  for (const verb of ['bind', 'unbind']) {
    const path = `bus/usb/drivers/usb/${verb}`;
    const text = readText(join(sysfsFolder, path)).trim();
    if (text === '') continue;
    writeFileSync(join(sysfsFolder, path), '');
    attempt(() => kernel.write(path, text));
  }
  tree.sync(world);
}

function attempt(action: () => void): void {
  try {
    action();
  } catch {
    // A file cannot say no; whoever wrote sees it by reading back.
  }
}

function describeHubs(board: Board, offFolder: string): UhubctlState {
  const hubs = board.hubs.map(({ id, vendor, product, name, ports, says, isUsb3 }) => {
    const dual = board.twins.flatMap(([a, b]) => [
      [hubOf(a), hubOf(b)],
      [hubOf(b), hubOf(a)],
    ]);
    const other = dual.find(([mine]) => mine === id)?.[1];
    return {
      location: locationOf(id),
      description: `${vendor}:${product} ${name}, USB ${isUsb3 ? '3.00' : '2.00'}`,
      isUsb3,
      says,
      ports: Array.from({ length: ports }, (_, index) => ({ number: index + 1, id: portOf(id, index + 1) })),
      ...(other !== undefined && { dual: locationOf(other) }),
    };
  });
  return { hubs, offFolder, isFailing: false, isForbidden: false };
}

function hubOf(port: string): string {
  const end = Math.max(port.lastIndexOf('.'), port.lastIndexOf('-'));
  return port.includes('.') ? port.slice(0, end) : `usb${port.slice(0, end)}`;
}

function locationOf(id: string): string {
  return id.replace(/^usb/, '');
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function read(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}

function write(path: string, value: unknown): void {
  writeFileSync(path, JSON.stringify(value));
}
