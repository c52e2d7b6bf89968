/** Of so many blocks of one level of a series one of the next level is made, up to the greatest level. */
export const MERGED_AT_ONCE = 8;
export const GREATEST_LEVEL = 4;

/** The level of a block of so many samples that was not put together of others. */
export function levelOf(count: number): number {
  return Math.min(GREATEST_LEVEL, Math.floor(Math.log(count) / Math.log(MERGED_AT_ONCE) + 1e-9));
}
