import type { OptionSpec } from '../config';

/** Units that a number may have behind it, by what the option counts. */
const UNITS = {
  bytes: {
    ...{ kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 },
    ...{ KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 },
  },
  milliseconds: { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 },
} as const;

/** The text of a number with a unit as that of the number alone: `10MiB` is `10485760`. Others stay as they are. */
export function plainNumber({ unit }: Pick<OptionSpec<unknown>, 'unit'>, text: string): string {
  const [, digits, suffix = ''] = /^(\d{1,15}) ?([A-Za-z]+)$/.exec(text.trim()) ?? [];
  const factor = unit === undefined ? undefined : new Map<string, number>(Object.entries(UNITS[unit])).get(suffix);
  const product = Number(digits) * (factor ?? NaN);
  return Number.isSafeInteger(product) ? String(product) : text;
}

/** Whether a text is a number with a unit that this option takes. */
export function isQuantity(spec: Pick<OptionSpec<unknown>, 'unit'>, text: string): boolean {
  return plainNumber(spec, text) !== text;
}
