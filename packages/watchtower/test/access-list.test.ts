// requires: mosquitto
import { expect, test } from '@jest/globals';
import mqtt, { type MqttClient } from 'mqtt';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startMosquitto } from '../../bus/test/support/mosquitto.ts';

const acl = readFileSync(
  fileURLToPath(new URL('../../../examples/watchtower/watchtower.acl', import.meta.url)),
  'utf8',
);

test('with the access list of the example a home speaks for itself only, and hears nothing', async () => {
  const passwords = join(mkdtempSync(join(tmpdir(), 'porchlight-acl-')), 'passwd');
  const users = ['watchtower', 'sea', 'hill'];
  execFileSync('touch', [passwords]);
  for (const user of users) execFileSync('mosquitto_passwd', ['-b', passwords, user, 'secret'], { stdio: 'ignore' });
  const broker = await startMosquitto(['allow_anonymous false', 'password_file %d/passwd', 'acl_file %d/acl'], {
    passwd: readFileSync(passwords, 'utf8'),
    acl,
  });
  const open = (username: string): Promise<MqttClient> =>
    mqtt.connectAsync(broker.url, { username, password: 'secret' });
  const [tower, sea, hill] = (await Promise.all(users.map(open))) as [MqttClient, MqttClient, MqttClient];
  try {
    const heard: string[] = [];
    tower.on('message', (topic, payload) => heard.push(`${topic} ${payload.toString()}`));
    const overheard: string[] = [];
    hill.on('message', (topic) => overheard.push(topic));
    await tower.subscribeAsync('$share/watchtower/porchlight-beats/+/beat', { qos: 1 });
    await hill.subscribeAsync('porchlight-beats/#', { qos: 1 }).catch(() => undefined);
    const done = new Promise<void>((resolve) => {
      tower.on('message', (topic) => topic.startsWith('porchlight-beats/sea/') && resolve());
    });
    await hill.publishAsync('porchlight-beats/sea/beat', 'forged', { qos: 1 });
    await hill.publishAsync('porchlight-beats/hill/beat', 'I am alive', { qos: 1 });
    await sea.publishAsync('porchlight-beats/sea/beat', 'I am alive', { qos: 1 });
    await done;
    expect(heard).toEqual(['porchlight-beats/hill/beat I am alive', 'porchlight-beats/sea/beat I am alive']);
    expect(overheard).toEqual([]);
  } finally {
    await Promise.all([tower, sea, hill].map((client) => client.endAsync(true)));
    await broker.stop();
  }
});
