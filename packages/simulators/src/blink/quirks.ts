/** Differences between accounts, regions and years that a client has to bear. May be changed while the cloud runs. */
export interface Quirks {
  /** Rows per page of `media/changed`. */
  pageRows: number;
  /** How times are written: `+00:00`, `Z`, or with milliseconds. */
  times: 'offset' | 'zulu' | 'fraction';
  /** Every media row comes twice. */
  doubleRows: boolean;
  /** Media rows lack `created_at`. */
  undatedRows: boolean;
  /** The homescreen names no doorbells. */
  hideDoorbells: boolean;
  /** The homescreen's thumbnails: complete, a path without extension, or the time alone. */
  thumbnails: 'query' | 'bare' | 'time';
  /** Clips and pictures have the older addresses. */
  oldMediaPaths: boolean;
  /** Requests with an `APP-BUILD` header below this are answered 426. */
  minimumAppBuild: number;
}

export function createQuirks(): Quirks {
  return {
    pageRows: 25,
    times: 'offset',
    doubleRows: false,
    undatedRows: false,
    hideDoorbells: false,
    thumbnails: 'query',
    oldMediaPaths: false,
    minimumAppBuild: 29_000_000,
  };
}
