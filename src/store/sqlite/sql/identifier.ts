/** A name as SQL takes any name. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** The statement that makes a view which only this connection sees. */
export function createView(name: string, columns: readonly string[], select: string): string {
  return `CREATE TEMP VIEW ${identifier(name)} (${columns.map(identifier).join(', ')}) AS ${select}`;
}
