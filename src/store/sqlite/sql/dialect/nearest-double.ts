/** More bits than a double has, and one for what is cut off. */
const BITS = 64;

/** The double that is nearest to a quotient. The divisor is above 0. */
export function nearestDouble(dividend: bigint, divisor: bigint): number {
  const magnitude = dividend < 0n ? -dividend : dividend;
  const shift = Math.max(BITS + bitsOf(divisor) - bitsOf(magnitude), 0);
  const shifted = magnitude << BigInt(shift);
  const quotient = shifted / divisor;
  // A bit for the rest tells a half from what is more than one.
  const sticky = quotient * divisor === shifted ? quotient : quotient | 1n;
  const value = Number(sticky) / 2 ** shift;
  return dividend < 0n ? -value : value;
}

function bitsOf(value: bigint): number {
  return value.toString(2).length;
}
