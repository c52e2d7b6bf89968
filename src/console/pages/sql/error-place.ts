import { isOpen, type QueryToken, tokensOf, unquoted } from './query-text';

/** A part of a query, in UTF-16 code units from its beginning. */
export interface Place {
  readonly from: number;
  readonly to: number;
}

/** More than these are marked nowhere: too many to be of use. */
const MOST_PLACES = 5;

/** Words of the message after which the server names what is wrong, as it is written in the query. */
const NAMED: readonly RegExp[] = [
  /^near "([^]+?)": syntax error/,
  /^unrecognized token: "([^]+)"/,
  /^no such (?:column|function|table|collating function): (?:.*\.)?([^\s.]+)/,
  /^ambiguous column name: (?:.*\.)?([^\s.]+)/,
  /^wrong number of arguments to function ([^\s(]+)/,
  /^misuse of (?:aggregate|window)(?: function)?:? ([^\s(]+)/,
  /^there is no function (\S+) here/,
  /^(?:not authorized to use|.*\bmay not call the) function:? "?([^\s"(]+)/,
  /^there is no data source and no topic "([^"]+)"/,
  /^(?:Data Source|there is no table) "?([^"\s]+)"?/,
  /^there is no format "([^"]+)"/,
  /^a query begins with [^"]*"([^"]+)"/,
  /^there is no (\S+) (?:here|…)/,
  /^the token lacks the scope read:([^\s(]+)/,
  /"([^"]+)"/,
];

/**
 * Where in a query its error is, as far as the message says: what the message names, or the end of a query that is not
 * complete. Several places if the name stands there several times; none if the message names nothing of the query.
 */
export function placesOf(message: string, query: string): Place[] {
  const position = /\bat position (\d+)\b/.exec(message)?.[1];
  if (position !== undefined && Number(position) < query.length) return [wordAt(query, Number(position))];
  const tokens = tokensOf(query);
  const last = tokens.at(-1);
  if (last !== undefined && isOpen(last)) return [placeOf(last)];
  if (/^incomplete input\b/.test(message)) return last === undefined ? [] : [placeOf(last)];
  for (const pattern of NAMED) {
    const name = pattern.exec(message)?.[1];
    if (name === undefined) continue;
    const found = named(name, tokens);
    if (found.length > 0) return found.length > MOST_PLACES ? [] : found.map(placeOf);
  }
  return [];
}

function named(name: string, tokens: readonly QueryToken[]): QueryToken[] {
  const wanted = name.toLowerCase();
  const found = tokens.filter(
    (token) => unquoted(token).toLowerCase() === wanted || token.text.toLowerCase() === wanted,
  );
  if (found.length < 2) return found.length > 0 ? found : tokens.filter(({ text }) => text.startsWith(name));
  // What cannot follow the token before it: a comma behind a comma, a keyword behind one that wants a name.
  const misplaced = found.filter((token) => CANNOT_FOLLOW.test(tokens[tokens.indexOf(token) - 1]?.text ?? '('));
  return misplaced.length > 0 && /^\W+$|^(?:from|where|group|order|by|limit)$/i.test(name) ? misplaced : found;
}

/** Tokens behind which neither a sign nor a keyword can stand. */
const CANNOT_FOLLOW = /^(?:[,(=<>+*/%-]|select|from|where|by|and|or|on|join)$/i;

function placeOf({ start, end }: QueryToken): Place {
  return { from: start, to: end };
}

function wordAt(query: string, from: number): Place {
  const [word] = /^\S+/.exec(query.slice(from)) ?? [' '];
  return { from, to: from + word.length };
}
