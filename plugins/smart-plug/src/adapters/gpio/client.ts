import type { PlugConfigOf } from '@porchlight/config-schemas';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { programMissing, refused } from '../../errors.ts';
import type { PlugPort } from '../../ports.ts';

const execute = promisify(execFile);
const run = (args: string[]): Promise<{ stdout: string }> => execute('gpioset', args, { env: process.env });
/** How long gpioset is given to fail, milliseconds: a wrong line or a missing right shows at once. */
const startMs = 300;

/**
 * The holder lives as long as its standard input: when this process dies, by whatever, it puts the line at rest, and the
 * normally closed contact feeds the router again.
 */
const hold = [
  'exec 3<&0',
  'eval "$1" & holder=$!',
  '{ cat; kill $holder; } <&3 >/dev/null 2>&1 & watcher=$!',
  'wait $holder; code=$?',
  'kill $watcher 2>/dev/null',
  'eval "$2" 2>/dev/null',
  'exit $code',
].join('\n');

/** A relay on a GPIO line, with the router on its normally closed contact: no current in the relay means on. */
export function openGpio(config: PlugConfigOf<'gpio'>): PlugPort {
  return new GpioRelay(config);
}

class GpioRelay implements PlugPort {
  readonly grade = 'A';
  readonly identity = { model: 'GPIO relay' };
  readonly #config: PlugConfigOf<'gpio'>;
  #holder: ChildProcess | undefined;
  #isSecond: boolean | undefined;

  constructor(config: PlugConfigOf<'gpio'>) {
    this.#config = config;
  }

  async read(): Promise<{ on: boolean }> {
    await this.#learn();
    return { on: this.#holder === undefined };
  }

  async switch(on: boolean): Promise<void> {
    if (!on) return this.#hold(undefined);
    await this.#release();
    await run(this.#resting());
  }

  async cut(offSeconds: number): Promise<void> {
    await this.#hold(offSeconds);
  }

  async close(): Promise<void> {
    await this.#release();
  }

  /** Pulls the relay in, for so long or until it is released. */
  async #hold(offSeconds: number | undefined): Promise<void> {
    const { name } = this.#config;
    await this.#learn();
    await this.#release();
    // exec: the signal must reach gpioset itself.
    const commands = [`exec gpioset ${this.#holding(offSeconds).join(' ')}`, `gpioset ${this.#resting().join(' ')}`];
    // A group of its own: whoever kills ours must not leave the line as it is.
    const options = {
      stdio: ['pipe', 'ignore', 'pipe'] as ['pipe', 'ignore', 'pipe'],
      env: process.env,
      detached: true,
    };
    const child = spawn('/bin/sh', ['-c', hold, 'sh', ...commands], options);
    let said = '';
    child.stderr?.on('data', (text) => (said += String(text)));
    child.on('exit', () => {
      if (this.#holder === child) this.#holder = undefined;
    });
    child.on('error', () => undefined);
    this.#holder = child;
    const code = await Promise.race([
      once(child, 'exit').then(([ended]) => ended as number | null),
      new Promise<'holds'>((resolve) => setTimeout(resolve, Math.min(startMs, (offSeconds ?? 1) * 500), 'holds')),
    ]);
    if (code !== 'holds' && code !== 0) throw refused(name, `gpioset ended with ${code}: ${said.trim()}`);
  }

  async #release(): Promise<void> {
    const holder = this.#holder;
    this.#holder = undefined;
    if (!holder || holder.exitCode !== null) return;
    const gone = once(holder, 'exit');
    holder.stdin?.end();
    await gone;
  }

  /** Nothing of these needs quotes: the settings allow words and numbers only. */
  #holding(offSeconds: number | undefined): string[] {
    const { chip, line } = this.#config;
    if (this.#isSecond) {
      const time = offSeconds === undefined ? [] : ['--toggle', `${Math.ceil(offSeconds * 1000)}ms,0`];
      return [...this.#common(), ...time, `${line}=1`];
    }
    const seconds = offSeconds ?? 0;
    const time = ['--mode=time', `--sec=${Math.floor(seconds)}`, `--usec=${Math.round((seconds % 1) * 1e6)}`];
    return [...this.#common(), ...(offSeconds === undefined ? ['--mode=signal'] : time), chip, `${line}=1`];
  }

  /** What the line does without an owner depends on the driver: it is left at rest. */
  #resting(): string[] {
    const { chip, line } = this.#config;
    return this.#isSecond ? [...this.#common(), '--toggle', '0', `${line}=0`] : [...this.#common(), chip, `${line}=0`];
  }

  #common(): string[] {
    const { chip, activeLow } = this.#config;
    const low = activeLow ? ['--active-low'] : [];
    return this.#isSecond ? [...low, '--chip', chip, '--consumer', 'porchlight'] : low;
  }

  /** The two generations of gpioset speak differently. An earlier process may have left the line pulled in. */
  async #learn(): Promise<void> {
    if (this.#isSecond !== undefined) return;
    try {
      const { stdout } = await run(['--version']);
      this.#isSecond = /\bv?2\.\d/.test(stdout);
    } catch (cause) {
      throw programMissing(this.#config.name, 'gpioset', cause);
    }
    if (!this.#holder) await run(this.#resting()).catch(() => undefined);
  }
}
