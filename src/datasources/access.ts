import { lacksScope, WriterHubError } from '../errors';
import type { Access } from '../events/write-gate';

/** What the caller may do with data sources. */
export interface DataSourceAccess extends Access {
  /** Whether rows, and the data source itself, may be removed. */
  mayDrop(name: string): boolean;
}

/** Throws `forbidden`, naming the missing scope, unless the caller may do something to a data source. */
export type Requirement = (access: DataSourceAccess, name: string) => void;

/** Rows may be added. */
export function requireAppend(access: DataSourceAccess, name: string): void {
  if (access.mayAppend(name)) return;
  throw lacksScope(`append:${name}`, `DATASOURCES:APPEND:${name}`);
}

/** The data source may be created, and its schema changed. */
export function requireCreate(access: DataSourceAccess, name: string): void {
  if (access.mayCreate) return;
  const message = `the token lacks the scope create (DATASOURCES:CREATE) for ${name}`;
  throw new WriterHubError('forbidden', message, { scope: 'create' });
}

/** Rows, and the data source itself, may be removed. */
export function requireDrop(access: DataSourceAccess, name: string): void {
  if (access.mayDrop(name)) return;
  throw lacksScope(`drop:${name}`, `DATASOURCES:DROP:${name}`);
}

/** Rows, also those in the quarantine, may be read. */
export function requireRead(access: DataSourceAccess, name: string): void {
  if (access.mayRead(name)) return;
  throw lacksScope(`read:${name}`, `DATASOURCES:READ:${name}`);
}

/** Whether the caller may see the schema and the size of a data source: whoever may append, read or drop may. */
export function maySee(access: DataSourceAccess, name: string): boolean {
  return access.mayRead(name) || access.mayAppend(name) || access.mayDrop(name);
}

/** The schema and the size of the data source may be seen. */
export function requireSight(access: DataSourceAccess, name: string): void {
  if (maySee(access, name)) return;
  throw lacksScope(`read:${name}`, `DATASOURCES:READ:${name}`);
}
