/**
 * What a setting's `.meta({...})` may say beside `title` and `description` (both required: they are the label and the
 * help of every form and table).
 */
export interface SettingMeta {
  title: string;
  description: string;
  /** Greyed example in an empty field. */
  placeholder?: string;
  /** Shown with the label: `minutes`, `s`, `MB`. */
  unit?: string;
  /** Never shown, logged or exported. */
  secret?: boolean;
  /** Lives in the folded "Advanced" part of the form. */
  advanced?: boolean;
  /** Heading of the part of the form it lives in. */
  section?: string;
  /** Shown only while the neighbouring setting `key` has one of these values. */
  showWhen?: { key: string; in: readonly (string | number | boolean)[] };
  /** Labels of an enumeration's values. */
  labels?: Record<string, string>;
  /** What one entry of a list is called: `rule`, `camera`. */
  item?: string;
}

declare module 'zod' {
  // eslint-disable-next-line typescript/no-empty-object-type
  interface GlobalMeta extends Partial<Omit<SettingMeta, 'title' | 'description'>> {}
}
