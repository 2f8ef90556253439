export const severities = ['info', 'warning', 'alarm'] as const;
export type Severity = (typeof severities)[number];

export interface NoticeImage {
  name: string;
  /** `image/jpeg`, `image/png`. */
  type: string;
  bytes: Uint8Array;
}

/** Something that people should know. */
export interface Notice {
  /** Two notices of one key within ten minutes are one, unless the second is the first alarm among them. */
  key: string;
  severity: Severity;
  title: string;
  text: string;
  images?: readonly NoticeImage[];
}
