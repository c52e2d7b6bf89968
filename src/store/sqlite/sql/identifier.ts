/** A name as a quoted SQL identifier. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** The statement that makes a view which only its connection sees. */
export function createView(name: string, columns: readonly string[], select: string): string {
  return `CREATE TEMP VIEW ${identifier(name)} (${columns.map(identifier).join(', ')}) AS ${select}`;
}
