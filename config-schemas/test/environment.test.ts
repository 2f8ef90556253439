import { expect, test } from '@jest/globals';
import { applyBrokerEnvironment, applyEnvironment } from '../src/index.ts';

test('settings come from the environment: our names, the former names, secrets from files', () => {
  const env = {
    PORCHLIGHT_EVENT_ALARM_TRIGGER_SECONDS: '60',
    PORCHLIGHT_EVENT_ALARM_BROKER_URL: 'mqtt://broker',
    PORCHLIGHT_EVENT_ALARM_MODES: 'home, away',
    PORCHLIGHT_EVENT_ALARM_TEST_SWITCH: 'yes',
    PORCHLIGHT_EVENT_ALARM_CODE_FILE: '/run/secrets/code',
    ALARM_THRESHOLD_EVENT_COUNT: '3',
    ALARM_LOOKBACK_MINUTES: 'two',
  };
  const { config, problems } = applyEnvironment(
    'event-alarm',
    { name: 'Alarm' },
    { variables: env, readFile: () => '4711\n' },
  );
  expect(config).toEqual({
    name: 'Alarm',
    triggerSeconds: 60,
    broker: { url: 'mqtt://broker' },
    modes: ['home', 'away'],
    testSwitch: true,
    code: '4711',
    thresholdEventCount: 3,
  });
  expect(problems).toEqual(['ALARM_LOOKBACK_MINUTES: must be a number']);
});

test('the broker of all services comes from the environment too', () => {
  const variables = { PORCHLIGHT_BROKER_URL: 'mqtt://broker', PORCHLIGHT_BROKER_PASSWORD_FILE: '/run/secrets/mqtt' };
  expect(applyBrokerEnvironment({ root: 'home' }, { variables, readFile: () => 'pw\n' })).toEqual({
    config: { root: 'home', url: 'mqtt://broker', password: 'pw' },
    problems: [],
  });
});

test('a service that only the host runs has its variables as well; a file that is not there is named', () => {
  const variables = {
    PORCHLIGHT_FOOTAGE_API_KEY_FILE: '/run/secrets/rhombus',
    PORCHLIGHT_FOOTAGE_OUTPUT: '/media',
    PORCHLIGHT_FOOTAGE_BEFORE_SECONDS: '',
  };
  const readFile = (): string => {
    throw new Error('ENOENT');
  };
  expect(applyEnvironment('footage', {}, { variables, readFile })).toEqual({
    config: { output: '/media' },
    problems: [
      'PORCHLIGHT_FOOTAGE_API_KEY_FILE: the file cannot be read',
      'PORCHLIGHT_FOOTAGE_BEFORE_SECONDS: must be a number',
    ],
  });
});
