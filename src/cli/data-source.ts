import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { z } from 'zod';
import type { Print } from './print';
import { request } from './request';
import { responseError } from './response-error';
import type { Target } from './target';
import { CommandError } from './command-error';

const column = z.object({ name: z.string(), type: z.string() });
const pushed = z.object({
  datasource: z.object({ name: z.string() }),
  created: z.boolean(),
  added_columns: z.array(column),
  quarantine_rows: z.number().optional(),
  quarantine_replay: z.string().optional(),
  warnings: z.array(z.string()).optional(),
});
const listed = z.object({
  datasources: z.array(z.looseObject({ name: z.string(), columns: z.array(z.looseObject(column.shape)) })),
});

/** Sends a `.datasource` file to a server and prints what has changed. */
export async function pushDataSource(
  target: Target,
  { file, name }: { readonly file: string; readonly name: string | undefined },
  print: Print,
): Promise<void> {
  const query = new URLSearchParams({ name: name ?? basename(file).replace(/\.datasource$/, '') });
  const body = readText(file);
  const init = { method: 'POST', headers: { 'content-type': 'text/plain; charset=utf-8' }, body };
  const answer = await ask(target, `?${query.toString()}`, pushed, init);
  const { datasource, created, added_columns: added, warnings = [] } = answer;
  const columns = added.map((each) => `${each.name} ${each.type}`).join(', ');
  if (created) await print(`${datasource.name} made: ${columns}\n`);
  else await print(`${datasource.name} ${columns === '' ? 'has all columns' : `gained ${columns}`}\n`);
  const { quarantine_rows: quarantined, quarantine_replay: replay } = answer;
  if (quarantined !== undefined)
    await print(
      `${quarantined} rows are in the quarantine; those that fit now are stored by ${replay ?? 'a replay'}\n`,
    );
  for (const warning of warnings) await print(`warning: ${warning}\n`);
}

/** Prints one line per data source: its name, and its columns with their types; or the object that the server gives. */
export async function listDataSources(
  target: Target,
  { json }: { readonly json: boolean },
  print: Print,
): Promise<void> {
  const { datasources } = await ask(target, '', listed, {});
  for (const source of datasources) {
    const { name, columns } = source;
    const line = `${name}\t${columns.map((each) => `${each.name} ${each.type}`).join(', ')}`;
    await print(`${json ? JSON.stringify(source) : line}\n`);
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CommandError(`cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function ask<T>(target: Target, query: string, answer: z.ZodType<T>, init: RequestInit): Promise<T> {
  const headers = new Headers(init.headers);
  headers.set('authorization', `Bearer ${target.token}`);
  const response = await request(target, `/v0/datasources${query}`, { ...init, headers });
  const text = await response.text();
  if (!response.ok) throw responseError(response.status, text);
  return answer.parse(JSON.parse(text));
}
