import { describe, expect, test } from '@jest/globals';
import { until } from '@porchlight/core/testing';
import { startShellyGen1, startShellyGen2, type Relay } from '@porchlight/simulators';
import { driver, keep, quickRelay, signal } from '../support/plugs.ts';

const starts = {
  'second generation': (relay: Relay, password?: string) =>
    startShellyGen2({ relay, ...(password !== undefined && { password }) }),
  'first generation': (relay: Relay, password?: string) =>
    startShellyGen1({ relay, ...(password !== undefined && { login: { username: 'admin', password } }) }),
};

describe.each(Object.entries(starts))('Shelly, %s', (generation, start) => {
  const open = async (password?: string, known: string | null = password ?? null) => {
    const plug = keep(await start(quickRelay(), password));
    const login = known === null ? {} : { password: known };
    const port = driver({ type: 'shelly', host: '127.0.0.1', port: plug.port, ...login });
    return { plug, port };
  };

  test('reads, switches, and restarts with one message', async () => {
    const { plug, port } = await open();
    expect(await port.read(signal())).toMatchObject({ on: true, watts: 8.4 });
    expect(port.identity).toMatchObject({ manufacturer: 'Shelly', model: expect.stringMatching(/PL/) });
    await port.switch(false, signal());
    expect(plug.relay.on).toBe(false);
    await port.switch(true, signal());
    const before = plug.requests.length;
    await port.cut(10, signal());
    expect(plug.requests).toHaveLength(before + 1);
    expect(plug.relay.on).toBe(false);
    await until(() => plug.relay.on);
    expect(port.grade).toBe('A');
  });

  test('logs in, and says which password is missing or wrong', async () => {
    const { plug, port } = await open('secret');
    await port.cut(10, signal());
    await until(() => plug.relay.on);
    expect(await port.read(signal())).toMatchObject({ on: true });
    const { port: stranger } = await open('secret', 'wrong');
    await expect(stranger.cut(10, signal())).rejects.toMatchObject({ code: 'plug.login', retry: 'after-user' });
    const { port: nobody } = await open('secret', null);
    await expect(nobody.read(signal())).rejects.toMatchObject({ code: 'plug.login' });
  });

  test.each<[string, Parameters<Awaited<ReturnType<typeof start>>['faults']['add']>[0]['trouble'], string]>([
    ['an error', { type: 'status', status: 500 }, 'plug.answer'],
    ['a refusal', { type: 'status', status: 404 }, 'plug.refused'],
    ['nonsense', { type: 'replace', body: '<html>' }, 'plug.answer'],
    ['something else', { type: 'replace', body: '{"a":1}' }, 'plug.answer'],
    ['half an answer', { type: 'truncate', bytes: 3 }, 'plug.unanswered'],
    ['a broken connection', { type: 'reset' }, 'plug.unanswered'],
  ])('%s is told apart', async (_name, trouble, code) => {
    const { plug, port } = await open();
    await port.read(signal());
    plug.faults.add({ match: '/', trouble });
    await expect(port.cut(10, signal())).rejects.toMatchObject({ code });
  });

  test('silence ends with the signal and is uncertain; a closed port is certain', async () => {
    const { plug, port } = await open();
    await port.read(signal());
    plug.faults.add({ match: '/', trouble: { type: 'hang' } });
    await expect(port.cut(10, AbortSignal.timeout(100))).rejects.toMatchObject({ code: 'plug.unanswered' });
    await plug.close();
    await expect(port.cut(10, signal())).rejects.toMatchObject({ code: 'plug.unreachable' });
  });

  test(`a channel that it does not have (${generation})`, async () => {
    const { plug } = await open();
    const port = driver({ type: 'shelly', host: '127.0.0.1', port: plug.port, channel: 3 });
    await expect(port.read(signal())).rejects.toThrow();
  });
});
