/** The value below which this share of the numbers lies. */
export function percentile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function ratio(numbers: readonly number[], base: readonly number[], share: number): number {
  return Number((percentile(numbers, share) / percentile(base, share)).toFixed(3));
}
