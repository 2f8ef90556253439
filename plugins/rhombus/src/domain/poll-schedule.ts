export interface PollSettings {
  /** Between two questions while nothing tells us by itself, in ms. */
  pollMs: number;
  /** Between two checks while the change stream runs, in ms. */
  gapCheckMs: number;
  requestsPerMinute: number;
}

export interface PollSituation {
  isStreaming: boolean;
  /** Epoch ms of the last event. */
  lastEventAt: number | undefined;
  /** Calls that may be made at once. */
  budget: number;
  /** Questions in a row that failed. */
  failures: number;
  /** Calls that one round needs. */
  callsPerRound: number;
}

/** While something goes on it asks so much oftener, for so long. */
const livelyFactor = 3;
const livelyMs = 120_000;
const leastMs = 5000;
const longestMs = 600_000;

/** How long to wait until the next question, in ms. */
export function nextPollMs(settings: PollSettings, situation: PollSituation, now: number): number {
  const { isStreaming, lastEventAt, failures, budget, callsPerRound } = situation;
  const isLively = lastEventAt !== undefined && now - lastEventAt < livelyMs;
  const usual = isStreaming ? settings.gapCheckMs : isLively ? settings.pollMs / livelyFactor : settings.pollMs;
  const backedOff = Math.min(longestMs, Math.max(leastMs, usual) * 2 ** Math.min(failures, 10));
  const missing = Math.max(0, callsPerRound - budget);
  return Math.max(backedOff, (missing * 60_000) / settings.requestsPerMinute);
}
