/** The name that a misspelt one most probably stands for; `undefined` when none is near. */
export function nearest(misspelt: string, names: Iterable<string>): string | undefined {
  const wanted = plain(misspelt);
  // A third of the letters may be wrong, but not more than three.
  let least = Math.min(3, Math.floor(wanted.length / 3)) + 1;
  let found: string | undefined;
  for (const name of names) {
    const distance = distanceOf(wanted, plain(name));
    if (distance >= least) continue;
    least = distance;
    found = name;
  }
  return found;
}

/** Case and punctuation are how names are written, not what they are. */
function plain(name: string): string {
  return name
    .slice(0, 100)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
}

/** How many letters are to be put in, taken out, replaced, or exchanged with their neighbour. */
function distanceOf(from: string, to: string): number {
  let before: number[] = [];
  let above = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const line = [row];
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1] ? 0 : 1;
      line[column] = Math.min(line[column - 1]! + 1, above[column]! + 1, above[column - 1]! + same);
      const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (swapped) line[column] = Math.min(line[column]!, before[column - 2]! + 1);
    }
    [before, above] = [above, line];
  }
  return above[to.length]!;
}
