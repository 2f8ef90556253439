/** Something that people are told. Durations in milliseconds. */
export type Alert =
  | { kind: 'down'; home: HomeLabel; since: number; silentMs: number }
  | { kind: 'reminder'; home: HomeLabel; since: number; silentMs: number; count: number }
  | { kind: 'recovered'; home: HomeLabel; since: number; downMs: number }
  | { kind: 'isolated'; since: number; homes: number }
  | { kind: 'rejoined'; since: number; isolatedMs: number };

export interface HomeLabel {
  id: string;
  name: string;
  channels: readonly string[];
  said: string;
}
