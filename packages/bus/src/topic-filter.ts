/** Tells whether the levels of a topic fall under a subscription filter with + and #. */
export function compileFilter(filter: string): (levels: readonly string[]) => boolean {
  const wanted = filter.split('/');
  return (levels) => {
    for (let index = 0; index < wanted.length; index += 1) {
      const want = wanted[index];
      if (want === '#') return true;
      if (index >= levels.length || (want !== '+' && want !== levels[index])) return false;
    }
    return wanted.length === levels.length;
  };
}
