/** Lets so many tasks run at once; the others wait in order. */
export type Limit = <T>(task: () => Promise<T>) => Promise<T>;

export function createLimit(most: number): Limit {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (task) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      // Whoever waited takes over the place.
      if (next) next();
      else running -= 1;
    }
  };
}

/** Works through a list with so many tasks at once, in order. The first failure ends it. */
export async function workThrough<T>(
  items: readonly T[],
  most: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  let place = 0;
  let hasFailed = false;
  const worker = async (): Promise<void> => {
    while (place < items.length && !hasFailed) {
      const item = items[place] as T;
      place += 1;
      try {
        await work(item);
      } catch (error) {
        hasFailed = true;
        throw error;
      }
    }
  };
  await restTogether(Array.from({ length: Math.min(most, items.length) }, worker));
}

/** Waits until all tasks have come to rest, then throws the first failure; `onFailure` hears of it at once. */
export async function restTogether(
  tasks: readonly Promise<unknown>[],
  onFailure: (error: unknown) => void = () => undefined,
): Promise<void> {
  let failure: { error: unknown } | undefined;
  const note = (error: unknown): void => {
    if (failure) return;
    failure = { error };
    onFailure(error);
  };
  for (const task of tasks) task.catch(note);
  await Promise.allSettled(tasks);
  if (failure) throw failure.error;
}
