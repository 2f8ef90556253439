/** Sensors that are remembered; a flood of invented names starts anew. */
const maxSensors = 4096;
/** A motion of a sensor that never says when one ends is a new one this much later, milliseconds. */
const longestPulseMs = 60_000;

/** Tells the beginning of a motion from its repetitions. */
export class Beginnings {
  /** When the motion began that a sensor reports, on a monotonic clock. */
  readonly #active = new Map<string, number>();
  /** Sensors that do say when a motion ends. */
  readonly #ending = new Set<string>();

  /** Takes a report of motion; `mayPulse`: its sensor may be one that never says when a motion ends. */
  begin(sensor: string, now: number, mayPulse: boolean): boolean {
    const since = this.#active.get(sensor);
    const isOver = mayPulse && !this.#ending.has(sensor) && since !== undefined && now - since >= longestPulseMs;
    if (since !== undefined && !isOver) return false;
    if (this.#active.size >= maxSensors) this.#active.clear();
    this.#active.set(sensor, now);
    return true;
  }

  end(sensor: string, mayPulse: boolean): void {
    this.#active.delete(sensor);
    if (!mayPulse) return;
    if (this.#ending.size >= maxSensors) this.#ending.clear();
    this.#ending.add(sensor);
  }

  /** The ends of the motions under way may be missed: whatever is reported next begins. */
  forget(): void {
    this.#active.clear();
  }
}
