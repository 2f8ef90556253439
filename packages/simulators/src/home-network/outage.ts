/** What ends an outage: a reboot of the router, or only `mend()`. */
export interface OutageEnd {
  until: 'reboot' | 'mended';
  /** With `reboot`: the router must have been without power for this long, milliseconds. Default 0. */
  needsOffMs?: number;
}

/**
 * wan: the router answers and nothing beyond it does. dns: names cannot be resolved. captive: web pages are replaced by
 * a login page. lan: the router hangs; it does not answer and lets nothing pass, while the plug can be reached.
 */
export type Outage = OutageEnd & { type: 'wan' | 'dns' | 'captive' | 'lan' };
