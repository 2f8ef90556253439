import mqtt from 'mqtt';

/** A smart plug as the bus sees it, played by a test. */
export interface RouterPlug {
  /** What it was told, oldest first. */
  readonly commands: { action: string; offSeconds?: number; reason?: string }[];
  close(): Promise<void>;
}

const device = 'porchlight/smart-plug/router';

/** Serves `smart-plug/router`; `onCycle` does the work and may throw a refusal. */
export async function openRouterPlug(url: string, onCycle: () => Promise<void> | void): Promise<RouterPlug> {
  const client = await mqtt.connectAsync(url, { protocolVersion: 5 });
  const commands: RouterPlug['commands'] = [];
  const say = (topic: string, payload: object, retain: boolean) =>
    client.publishAsync(topic, JSON.stringify(payload), { qos: 1, retain });
  client.on('message', (_topic, payload) => {
    const { id, command } = JSON.parse(payload.toString()) as { id: string; command: RouterPlug['commands'][number] };
    commands.push(command);
    const answer = (result: object) => say(`${device}/power-cycle/result`, { v: 1, id, ...result }, false);
    void Promise.resolve()
      .then(onCycle)
      .then(
        () => answer({ ok: true }),
        (error: Error) => answer({ ok: false, error: { code: 'plug.refused', message: error.message } }),
      );
  });
  await client.subscribeAsync(`${device}/power-cycle/set`, { qos: 1 });
  const since = new Date().toISOString();
  await say('porchlight/smart-plug/status', { v: 1, state: 'online', owner: 'test', since }, true);
  await say(device, { v: 1, id: 'router', name: 'Router', capabilities: { 'power-cycle': {}, health: {} } }, true);
  await say(`${device}/health`, { ok: true }, true);
  await say(`${device}/power-cycle`, { phase: 'idle' }, true);
  return { commands, close: () => client.endAsync(true) };
}
