/** What the shape check has to say about one place; a warning does not fail it. */
export interface Finding {
  level: 'problem' | 'warning';
  /** Path from the root of the repository. */
  where: string;
  what: string;
}

export function problem(where: string, what: string): Finding {
  return { level: 'problem', where, what };
}

export function warning(where: string, what: string): Finding {
  return { level: 'warning', where, what };
}
