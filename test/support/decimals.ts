/** Compares two JSON numbers exactly, however many digits they have: less than 0, 0 or more. */
export function compareDecimals(a: string, b: string): number {
  const [left, right] = [decimalOf(a), decimalOf(b)];
  const least = Math.min(left.exponent, right.exponent);
  const difference = scaled(left, least) - scaled(right, least);
  return difference < 0n ? -1 : Number(difference > 0n);
}

interface Decimal {
  readonly digits: bigint;
  /** Power of ten. */
  readonly exponent: number;
}

function decimalOf(text: string): Decimal {
  const [, sign, whole, fraction = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text)!;
  return { digits: BigInt(`${sign!}${whole!}${fraction}`), exponent: Number(exponent) - fraction.length };
}

function scaled({ digits, exponent }: Decimal, least: number): bigint {
  return digits * 10n ** BigInt(exponent - least);
}
