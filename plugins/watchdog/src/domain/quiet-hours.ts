export interface QuietHours {
  /** `22:00` */
  from: string;
  to: string;
}

/** Whether the time of day (`HH:MM`) lies in the quiet hours, which may span midnight. */
export function isQuiet({ from, to }: QuietHours, timeOfDay: string): boolean {
  return from <= to ? timeOfDay >= from && timeOfDay < to : timeOfDay >= from || timeOfDay < to;
}
