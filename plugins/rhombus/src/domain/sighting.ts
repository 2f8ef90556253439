/** The way in which something became known. */
export type Channel = 'stream' | 'webhook' | 'poll' | 'timeline';

/** What a source reports, before it is known whether another has reported it. */
export interface Sighting {
  /** The alert's uuid, or one made of camera, time and activity for a mark on the timeline. */
  id: string;
  /** Uuid of the device. */
  device: string;
  /** Epoch ms, by the clock of Rhombus. */
  at: number;
  durationMs: number;
  activities: readonly string[];
  channel: Channel;
  /** Where the alert's picture is kept. */
  region?: string;
}
