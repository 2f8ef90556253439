/** The way in which something became known. */
export type Channel = 'stream' | 'webhook' | 'rule' | 'poll' | 'timeline';

/** What names it: alerts have one id on every way, events of a rule and movements on the timeline have ids of their own. */
export type Family = 'alert' | 'rule' | 'movement';

/** What a source reports, before it is known whether another has reported it. */
export interface Sighting {
  /** The alert's uuid; that of the rule's event; or one made of camera and time for a movement. */
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

export function familyOf({ channel }: Pick<Sighting, 'channel'>): Family {
  return channel === 'timeline' ? 'movement' : channel === 'rule' ? 'rule' : 'alert';
}
