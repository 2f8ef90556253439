import { readFileSync } from 'node:fs';

export interface FixtureMessage {
  topic: string;
  payload: string;
  retain: boolean;
  afterMs: number;
}

export function readFixture(name: 'frigate' | 'zigbee2mqtt'): FixtureMessage[] {
  const text = readFileSync(new URL(`../fixtures/${name}.jsonl`, import.meta.url), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as FixtureMessage);
}
