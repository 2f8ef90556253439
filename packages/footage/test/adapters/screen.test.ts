import { expect, test } from '@jest/globals';
import { createBarScreen, renderBar } from '../../src/adapters/screen/bars.ts';
import { createJsonScreen, createPlainScreen } from '../../src/adapters/screen/plain.ts';
import { createSecretsFilter } from '../../src/open-run.ts';

function record() {
  const written = { out: '', err: '' };
  return {
    written,
    streams: { out: (text: string) => void (written.out += text), err: (text: string) => void (written.err += text) },
  };
}

let now = 1_767_225_600_000;
const options = { isQuiet: false, isDebug: true, redact: createSecretsFilter('the-secret-key'), now: () => now };

test('lines have a time and a level, troubles go to the standard error, secrets nowhere', () => {
  const { written, streams } = record();
  const screen = createPlainScreen(streams, options);
  screen.info('the-secret-key is used');
  screen.warn('cookie RSESSIONID=RFT:abc-_123');
  screen.debug('x-auth-ft: abc');
  expect(written.out).toBe('2026-01-01T00:00:00.000Z INFO  *** is used\n');
  expect(written.err).toContain('WARN  cookie RSESSIONID=RFT:***');
  expect(written.err).not.toContain('abc');
});

test('quiet keeps troubles, and without debug there is none of it', () => {
  const { written, streams } = record();
  const screen = createPlainScreen(streams, { ...options, isQuiet: true, isDebug: false });
  screen.info('a');
  screen.debug('b');
  screen.error('c');
  expect(written).toEqual({ out: '', err: expect.stringContaining('ERROR c') });
});

test('for programs: one object a line, and nothing else on the standard output', () => {
  const { written, streams } = record();
  const screen = createJsonScreen(streams, options);
  screen.info('words');
  screen.event({ event: 'done', note: 'the-secret-key' });
  expect(JSON.parse(written.out)).toEqual({ at: '2026-01-01T00:00:00.000Z', event: 'done', note: '***' });
  expect(written.err).toContain('words');
});

test('a bar shows share, speed and time left', () => {
  const track = { camera: 'Front Door', name: 'x', doneSec: 30, totalSec: 120, beganAt: 0, beganSec: 0 };
  expect(renderBar(track, 2000)).toBe('Front Door               [======                  ]  25 %  15x  0:06 left');
  expect(renderBar({ ...track, doneSec: 0 }, 0)).toContain('0 %  0.0x');
  expect(renderBar({ ...track, totalSec: 0, doneSec: 0 }, 0)).toContain('100 %');
});

test('bars stay below the lines, are drawn now and then, and go at the end', () => {
  const { written, streams } = record();
  const screen = createBarScreen(streams, { ...options, columns: () => 60 });
  const progress = { camera: 'A', name: 'x', totalSec: 100 };
  for (let doneSec = 0; doneSec < 50; doneSec += 1) screen.progress({ ...progress, doneSec });
  expect(written.err.split('\n').length).toBeLessThan(5);
  now += 1000;
  screen.progress({ ...progress, camera: 'B', doneSec: 5 });
  screen.info('a line');
  expect(written.out).toContain('a line');
  for (const line of written.err.split('\n')) expect(line.length).toBeLessThan(80);
  screen.close();
  expect(written.err.endsWith('\u001b[J')).toBe(true);
});
