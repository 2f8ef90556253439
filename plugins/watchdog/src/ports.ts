import type { ProbeGroup, ProbeOutcome, ProbeResult } from './domain/probe.ts';

/** One way to find out whether the outside answers. */
export interface Probe {
  /** For people: `tcp 1.1.1.1:443`. */
  label: string;
  group: ProbeGroup;
  owner: string;
  isSystemResolver?: boolean;
  /** Never rejects. Whatever is not over when the signal aborts counts as silence. */
  run(signal: AbortSignal): Promise<ProbeOutcome>;
}

/** What one round of all probes found. */
export interface Round {
  results: readonly ProbeResult[];
  hasLink?: boolean;
  isRouterKnown: boolean;
}

/** All probes together. */
export interface Probes {
  /** Asks all at once; resolves within the limit. Rejects only when the signal aborts. */
  ask(signal: AbortSignal): Promise<Round>;
}

/** The plug that feeds the router. */
export interface RouterPlug {
  /** Why it cannot be told anything now; undefined when it can. */
  obstacle(): string | undefined;
  /** It is in the middle of a restart, by whomever. */
  isBusy(): boolean;
  /** Off, and on again. Resolves when the power is off, or later; rejects with the refusal of the plug. */
  powerCycle(reason: string): Promise<void>;
  stop(): void;
}

/** Tells somebody elsewhere that this home is alive. */
export interface Heartbeat {
  /** What the next beats say. */
  show(status: HeartbeatStatus): void;
  /** The router is about to be off; back in about so long. */
  announceReboot(backInSeconds: number): void;
  /** The line is back: connections from before are worth nothing. */
  reconnect(): void;
  stop(): Promise<void>;
}

export interface HeartbeatStatus {
  state: string;
  /** There is an internet to beat over. */
  isConnected: boolean;
  cause?: string;
  latencyMs?: number;
}

/** Messages to people. */
export interface People {
  /** Two of one key within ten minutes are one. */
  tell(key: string, severity: 'info' | 'warning', text: string): void;
  stop(): Promise<void>;
}
