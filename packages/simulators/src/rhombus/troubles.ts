/** What a media host does instead of its proper answer. Bytes count from the start of the body. */
export type MediaTrouble =
  | { type: 'status'; status: number; headers?: Record<string, string>; body?: string }
  /** Never answers. */
  | { type: 'hang' }
  /** Sends so many bytes and then nothing more; the connection stays open. */
  | { type: 'stall'; afterBytes: number }
  /** Sends so many bytes and closes the connection. */
  | { type: 'cut'; afterBytes: number }
  /** A complete answer of only so many bytes. */
  | { type: 'short'; bytes: number }
  /** Promises more (or fewer) bytes than it sends, then closes. */
  | { type: 'wrong-length'; deltaBytes: number }
  | { type: 'gzip' }
  | { type: 'delay'; delayMs: number }
  | { type: 'trickle'; bytesPerSecond: number }
  /** To `location`, by default to the same address with `moved=1`. */
  | { type: 'redirect'; location?: string }
  /** 200 with a web page, as captive portals send it. */
  | { type: 'html' }
  /** The "video not available" picture although the footage exists. */
  | { type: 'placeholder' }
  /** The footage of another time. */
  | { type: 'shift'; seconds: number }
  /** The token that came with the request ends now. */
  | { type: 'expire-token' };

/** Which requests for media go wrong. Every field that is given must fit. */
export interface MediaFault {
  /** Uuid of the camera or gateway. */
  device?: string;
  route?: 'lan' | 'wan';
  part?: 'manifest' | 'init' | 'segment';
  /** Place of the segment in its window, from 0, whatever number the manifest gives it. */
  segment?: number | readonly number[];
  /** Seconds of footage: from (inclusive) and to (exclusive), epoch s; fits segments that begin there. */
  footage?: readonly [fromSec: number, toSec: number];
  /** Moments of the request: from (inclusive) and to (exclusive), epoch ms of the injected clock. */
  during?: readonly [fromMs: number, toMs: number];
  path?: RegExp;
  trouble: MediaTrouble;
  /** How many requests it spoils; without it, all until `clear()`. */
  times?: number;
}

/** A request for media as the faults see it. */
export interface MediaRequest {
  device: string;
  route: 'lan' | 'wan';
  part: 'manifest' | 'init' | 'segment';
  path: string;
  at: number;
  segment?: number;
  startSec?: number;
}

/** The troubles of the media hosts, oldest first. Tests add to it while the server runs. */
export class MediaFaults {
  #faults: MediaFault[] = [];

  add(fault: MediaFault): void {
    this.#faults.push({ ...fault });
  }

  clear(): void {
    this.#faults = [];
  }

  /** The trouble for this request, counted as used; undefined when it is to be answered properly. */
  take(request: MediaRequest): MediaTrouble | undefined {
    const fault = this.#faults.find((candidate) => fits(candidate, request));
    if (!fault) return undefined;
    if (fault.times !== undefined) {
      fault.times -= 1;
      if (fault.times <= 0) this.#faults = this.#faults.filter((other) => other !== fault);
    }
    return fault.trouble;
  }
}

function fits(fault: MediaFault, request: MediaRequest): boolean {
  return (
    isSame(fault.device, request.device) &&
    isSame(fault.route, request.route) &&
    isSame(fault.part, request.part) &&
    (fault.segment === undefined || [fault.segment].flat().includes(request.segment ?? -1)) &&
    isWithin(fault.footage, request.startSec) &&
    isWithin(fault.during, request.at) &&
    (fault.path === undefined || fault.path.test(request.path))
  );
}

function isSame(wanted: string | undefined, actual: string): boolean {
  return wanted === undefined || wanted === actual;
}

function isWithin(range: readonly [number, number] | undefined, value: number | undefined): boolean {
  return !range || (value !== undefined && value >= range[0] && value < range[1]);
}
