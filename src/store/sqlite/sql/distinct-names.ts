/**
 * Gives each repeated name a number, so that none hides another. `same` makes names equal that count as one: SQLite takes
 * columns whose names differ in case alone for the same.
 */
export function distinctNames(names: readonly string[], same: (name: string) => string): string[] {
  const taken = new Set(names.map(same));
  const seen = new Set<string>();
  return names.map((name) => {
    let distinct = name;
    for (let number = 1; seen.has(same(distinct)); number += 1) {
      const next = `${name}_${number}`;
      if (!taken.has(same(next))) distinct = next;
    }
    seen.add(same(distinct));
    taken.add(same(distinct));
    return distinct;
  });
}
