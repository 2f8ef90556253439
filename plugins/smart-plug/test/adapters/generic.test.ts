import { describe, expect, test } from '@jest/globals';
import { until } from '@porchlight/core/testing';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startShellyGen1, startShellyGen2 } from '@porchlight/simulators';
import { matcher } from '../../src/adapters/http/client.ts';
import { driver, keep, quickRelay, signal } from '../support/plugs.ts';

describe('HTTP', () => {
  test('addresses for everything: one message restarts it', async () => {
    const plug = keep(await startShellyGen2({ relay: quickRelay() }));
    const base = `http://127.0.0.1:${plug.port}/rpc/Switch`;
    const port = driver({
      type: 'http',
      onUrl: `${base}.Set?id=0&on=true`,
      offUrl: `${base}.Set?id=0&on=false`,
      cycleUrl: `${base}.Set?id=0&on=false&toggle_after={seconds}`,
      stateUrl: `${base}.GetStatus?id=0`,
      stateOn: '"output":true',
      failSafe: true,
    });
    expect(port.grade).toBe('B');
    expect(await port.read(signal())).toEqual({ on: true });
    await port.switch(false, signal());
    expect(await port.read(signal())).toEqual({ on: false });
    await port.switch(true, signal());
    await port.cut(10, signal());
    expect(plug.relay.pending?.seconds).toBe(10);
    await until(() => plug.relay.on);
  });

  test('a login in the address; without a restart in one message it is grade D and only goes off', async () => {
    const login = { username: 'me', password: 'p@ss' };
    const plug = keep(await startShellyGen1({ relay: quickRelay(), login }));
    const base = `http://me:p%40ss@127.0.0.1:${plug.port}/relay/0`;
    const settings = {
      onUrl: `${base}?turn=on`,
      offUrl: `${base}?turn=off`,
      stateUrl: base,
      stateOn: '/"ison":\\s*true/',
    };
    const port = driver({ type: 'http', ...settings });
    expect(port.grade).toBe('D');
    await port.cut(10, signal());
    expect(plug.relay).toMatchObject({ on: false, pending: undefined });
    const wrong = driver({
      type: 'http',
      ...settings,
      offUrl: `http://me:wrong@127.0.0.1:${plug.port}/relay/0?turn=off`,
    });
    const error = await wrong.cut(10, signal()).catch((caught: Error) => caught);
    expect(error).toMatchObject({ code: 'plug.login' });
    expect(String(error)).not.toContain('wrong');
  });

  test('a device that sends a browser elsewhere afterwards has obeyed; one that knows no such address has not', async () => {
    const plug = keep(await startShellyGen1({ relay: quickRelay() }));
    const base = `http://127.0.0.1:${plug.port}/relay/0`;
    const port = driver({ type: 'http', onUrl: `${base}?turn=on`, offUrl: `${base}?turn=off`, stateUrl: base });
    plug.faults.add({ match: '/relay', trouble: { type: 'status', status: 303 } });
    await port.cut(10, signal());
    plug.faults.clear();
    plug.faults.add({ match: '/relay', trouble: { type: 'status', status: 404 } });
    await expect(port.cut(10, signal())).rejects.toMatchObject({ code: 'plug.refused' });
  });

  test('what means on', () => {
    expect([
      matcher('on')('it is on'),
      matcher('on')('off'),
      matcher('/^ON$/i')('on'),
      matcher('/^ON$/')('on'),
    ]).toEqual([true, false, true, false]);
  });
});

describe('command', () => {
  const open = async (more: object = {}) => {
    const folder = await mkdtemp(join(tmpdir(), 'porchlight-command-'));
    keep({ close: () => rm(folder, { recursive: true, force: true }) });
    const file = join(folder, 'plug');
    await writeFile(file, 'on');
    const port = driver({
      type: 'command',
      onCommand: `echo on > ${file}`,
      offCommand: `echo off > ${file}`,
      stateCommand: `grep -q on ${file}`,
      ...more,
    });
    return { file, port, folder };
  };

  test('switches, reads, and restarts with one command', async () => {
    const { port, file, folder } = await open();
    await port.switch(false, signal());
    expect(await port.read(signal())).toEqual({ on: false });
    await port.switch(true, signal());
    expect(await port.read(signal())).toEqual({ on: true });
    expect(port.grade).toBe('D');
    await port.cut(10, signal());
    expect(await readFile(file, 'utf8')).toBe('off\n');
    const { port: better } = await open({ cycleCommand: `echo {seconds} > ${folder}/cycle`, failSafe: true });
    await better.cut(12, signal());
    expect([better.grade, await readFile(join(folder, 'cycle'), 'utf8')]).toEqual(['B', '12\n']);
  });

  test.each([
    '/no/such/program',
    'exit 3',
    'sleep 20',
    // The plug is off, and the line ends as a missing program does.
    'echo off > /dev/null; no-such-program',
  ])('after "%s" nobody knows whether it is off', async (offCommand) => {
    const { port } = await open({ offCommand });
    await expect(port.cut(10, AbortSignal.timeout(500))).rejects.toMatchObject({ code: 'plug.unanswered' });
  });

  test('a state command that fails otherwise is no "off"', async () => {
    const { port } = await open({ stateCommand: 'exit 2' });
    await expect(port.read(signal())).rejects.toMatchObject({ code: 'plug.answer' });
  });
});
