/**
 * JSON in which whole numbers beyond doubles and numbers that are not finite come back as they were: as objects of one
 * member, `$bigint` or `$number`, with a text.
 */
export function writeExact(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) => {
    if (typeof each === 'bigint') return { $bigint: String(each) };
    if (typeof each === 'number' && !Number.isFinite(each)) return { $number: String(each) };
    return each;
  });
}

/** Reads what `writeExact` has written. Throws `SyntaxError`. */
export function readExact(text: string): unknown {
  return JSON.parse(text, (_, each: unknown) => {
    if (typeof each !== 'object' || each === null) return each;
    if ('$bigint' in each) return BigInt(String(each.$bigint));
    return '$number' in each ? Number(each.$number) : each;
  });
}
