import { WriterHubError } from '../../../../errors';
import { nearest } from '../../../../nearest';
import { ALLOWED_FUNCTIONS } from '../allowed-functions';
import { TIME_COUNTERPARTS } from './time-counterparts';
import { VALUE_COUNTERPARTS } from './value-counterparts';

/** What ClickHouse's functions are written as here. `docs/events-api.md` has the same table; a test compares them. */
export const COUNTERPARTS: Readonly<Record<string, string>> = { ...VALUE_COUNTERPARTS, ...TIME_COUNTERPARTS };

const BY_NAME = new Map(Object.entries(COUNTERPARTS).map(([name, instead]) => [name.toLowerCase(), instead]));

/** What a function of ClickHouse is written as here, if that is known. */
export function counterpartOf(name: string): string | undefined {
  return BY_NAME.get(name.toLowerCase());
}

/** Functions of ClickHouse that are translated: SQLite does not know them by these names. */
export const TRANSLATED_FUNCTIONS = ['intDiv', 'lengthUTF8', 'char_length', 'substringUTF8', 'position'];

const MISSING = /^(?:no such|unable to use) function:? (\w+)(?: in the requested context)?$/;

/** SQLite's message about a function it does not have, with what to write instead. */
export function withCounterpart(error: WriterHubError): WriterHubError {
  const name = MISSING.exec(error.message)?.[1];
  if (name === undefined) return error;
  return new WriterHubError('invalid_sql', `there is no function ${name} here; ${remedyFor(name)}`, { cause: error });
}

function remedyFor(name: string): string {
  const instead = counterpartOf(name);
  if (instead !== undefined) return `write ${instead}`;
  const callable = [...ALLOWED_FUNCTIONS].filter((known) => /^[a-z]\w*$/.test(known) && !known.startsWith('hub_'));
  const near = nearest(name, [...callable, ...TRANSLATED_FUNCTIONS, ...Object.keys(COUNTERPARTS)]);
  if (near === undefined) return 'docs/events-api.md lists what there is, and how functions of ClickHouse are written';
  const counterpart = counterpartOf(near);
  return `did you mean ${near}?${counterpart === undefined ? '' : ` It is written ${counterpart}`}`;
}
