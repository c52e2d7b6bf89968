import { parse, TomlError, type TomlValue } from 'smol-toml';

/** A value of a TOML text, and the line its key stands in, counted from 1. */
export interface TomlEntry {
  readonly key: string;
  readonly value: TomlValue;
  readonly line: number;
  /** Whether the key stands in a table, or is one. */
  readonly isTable: boolean;
}

/** A text that is not TOML, and where. */
export interface TomlFault {
  readonly line: number;
  readonly reason: string;
}

/** The entries of a text, in order, also those of keys that stand there twice. */
export type TomlKeys = { readonly entries: readonly TomlEntry[] } | { readonly fault: TomlFault };

/**
 * Reads a TOML text statement by statement, since the parser does not say where a key stands: a line, or as many lines
 * as it takes until they can be parsed.
 */
export function readTomlKeys(text: string): TomlKeys {
  const entries: TomlEntry[] = [];
  let pending: string[] = [];
  let start = 1;
  let table = '';
  let failure: TomlError | undefined;
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    if (pending.length === 0) start = index + 1;
    pending.push(line);
    const statement = parsed(pending.join('\n'));
    if (statement instanceof TomlError) {
      failure ??= statement;
      if (goesOn(pending)) continue;
      break;
    }
    failure = undefined;
    pending = [];
    const isHeader = /^\s*\[/.test(line) && start === index + 1;
    for (const [key, value] of Object.entries(statement)) {
      const isTable = isHeader || table !== '' || isTableValue(value);
      if (isHeader) table = key;
      entries.push({ key: table === '' || isHeader ? key : `${table}.${key}`, value, line: start, isTable });
    }
  }
  if (failure === undefined) return { entries };
  return { fault: { line: start + failure.line - 1, reason: reasonOf(failure) } };
}

function isTableValue(value: TomlValue): boolean {
  return typeof value === 'object' && !Array.isArray(value) && !(value instanceof Date);
}

function parsed(text: string): Record<string, TomlValue> | TomlError {
  try {
    // Those that are too large are refused with their key, as all that does not fit is.
    return parse(text, { integersAsBigInt: 'asNeeded' });
  } catch (error) {
    if (error instanceof TomlError) return error;
    throw error;
  }
}

/** Whether lines that cannot be parsed are the beginning of an array or of a text of several lines. */
function goesOn(lines: readonly string[]): boolean {
  return /"""|'''|[[{]/.test(lines[0] ?? '');
}

function reasonOf({ message }: TomlError): string {
  return (message.split('\n')[0] ?? message).replace(/^Invalid TOML document: /, '');
}
