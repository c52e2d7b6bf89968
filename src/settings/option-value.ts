import { ConfigError, type OptionSpec } from '../config';
import { plainNumber } from './quantities';

/** The value of an option as it was written. `label`: what names it. Throws a `ConfigError` that shows no secret. */
export function parseOption(spec: OptionSpec<unknown>, { text, label }: { text: string; label: string }): unknown {
  const parsed = spec.schema.safeParse(plainNumber(spec, text));
  if (parsed.success) return parsed.data;
  const shown = spec.secret === true ? label.replace(/ =$/, '') : `${label} ${JSON.stringify(text)}`;
  throw new ConfigError(`${shown} ${parsed.error.issues[0]?.message ?? 'is not valid'}`);
}
