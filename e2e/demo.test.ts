// requires: ffmpeg
import { afterEach, expect, test } from '@jest/globals';
import { until } from '@porchlight/core/testing';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../tools/demo/main.ts', import.meta.url));
const running: ChildProcess[] = [];
afterEach(async () => {
  for (const child of running.splice(0)) {
    if (child.exitCode !== null) continue;
    const ended = once(child, 'exit');
    child.kill('SIGINT');
    await ended;
  }
});

function start(): { child: ChildProcess; lines: string[] } {
  const child = spawn(process.execPath, ['--conditions=@porchlight/source', '--no-warnings', program], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) createInterface(stream).on('line', (line) => lines.push(line));
  return { child, lines };
}

/** The story in the order in which it has to be told; lines about other things may stand between. */
const story = [
  'Setup code',
  'Alarm: armed (away)',
  'somebody moves',
  'Alarm: RINGING: 3 events within 2 minutes',
  'usb-power/porch-lamp goes on',
  'Alarm: disarmed',
  'the internet is gone',
  'Internet: rebooting (wan)',
  'smart-plug/router goes on',
  'Internet: online',
  'The house is yours now',
];

function told(lines: readonly string[]): number {
  let next = 0;
  for (const line of lines) if (line.includes(story[next] ?? 'nothing more')) next += 1;
  return next;
}

test('the demo home tells its story, lets nobody in twice and ends on Ctrl-C', async () => {
  const { child, lines } = start();
  await until(() => told(lines) > 0, 60_000);
  const second = start();
  expect(await once(second.child, 'exit')).toEqual([1, null]);
  expect(second.lines.join('\n')).toContain('The demo home is open already');
  await until(() => told(lines) === story.length, 150_000).catch(() => {
    throw new Error(`The story stops before "${story[told(lines)]}":\n${lines.join('\n')}`);
  });
  await until(() => lines.some((line) => /Footage of .*: 3 films\./.test(line)), 60_000);
  const ended = once(child, 'exit');
  child.kill('SIGINT');
  expect(await ended).toEqual([0, null]);
  expect(lines.at(-1)).toContain('Closed.');
  expect(lines.filter((line) => /error|warn|uncaught/i.test(line))).toEqual([]);
}, 300_000);
