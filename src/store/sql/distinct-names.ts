/**
 * Appends a number to repeated names, so that none hides another. `same` maps names that count as equal to one text:
 * SQLite does not distinguish columns whose names differ only in case.
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
