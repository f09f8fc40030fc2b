/** Counts of how often each value of some features occurred. */
export class Tally {
  readonly #counts = new Map<string, Map<string, number>>();

  add(features: Readonly<Record<string, string | number>>): void {
    for (const [feature, value] of Object.entries(features)) {
      const counts = this.#counts.get(feature) ?? new Map<string, number>();
      counts.set(String(value), (counts.get(String(value)) ?? 0) + 1);
      this.#counts.set(feature, counts);
    }
  }

  /** How often a feature had a value. */
  count(feature: string, value: string): number {
    return this.#counts.get(feature)?.get(value) ?? 0;
  }

  /** One line for each feature, the values in order. */
  lines(): readonly string[] {
    return [...this.#counts].map(([feature, counts]) => {
      const sorted = [...counts].toSorted(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }));
      return `  ${feature}: ${sorted.map(([value, count]) => `${value} ${count}`).join(', ')}`;
    });
  }
}
