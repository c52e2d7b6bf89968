import { WriterHubError } from '../../../errors';
import type { SqlEngine, SqlQuery, SqlResult } from '../../contract/sql-engine';

/** The table of what did not fit into a data source is called as it, and this. */
const QUARANTINE = '_quarantine';

/** Carries out a query for another hub. */
export type Asked = (args: readonly unknown[], signal: AbortSignal) => Promise<SqlReply>;

/** A query without what only the hub knows that was called: `rights` are its answers so far. */
export type SentQuery = Pick<SqlQuery, 'text' | 'quoteLargeIntegers' | 'holder'> & {
  readonly rights: ReadonlyMap<string, boolean>;
};

/** What comes of it; `unasked`: whether this name may be read is to be said first. */
export type SqlReply = { readonly result: SqlResult } | { readonly unasked: string };

/** Answers others with an engine. */
export function answerSql(engine: SqlEngine): Asked {
  return async ([sent], signal) => {
    const { rights, ...query } = sent as SentQuery;
    let unasked: string | undefined;
    const mayRead = (name: string): boolean => {
      const may = rights.get(name);
      if (may === undefined) unasked ??= name;
      return may ?? false;
    };
    try {
      return { result: await engine.query({ ...query, mayRead, signal }) };
    } catch (error) {
      if (unasked === undefined) throw error;
      return { unasked };
    }
  };
}

/** How queries about what is not here reach a hub that has a view of all they name. */
export interface SqlWay {
  isHere(topic: string): boolean;
  /** Rejects with `store_unavailable` when there is no such hub. */
  ask(topics: (has: (topic: string) => boolean) => boolean, query: SentQuery, signal?: AbortSignal): Promise<SqlReply>;
}

/** An engine that has other hubs answer what names topics or data sources of which there is no view here. */
export class RoutedSql implements SqlEngine {
  readonly formats: readonly string[];
  readonly #local: SqlEngine;
  readonly #way: SqlWay;

  constructor(local: SqlEngine, way: SqlWay) {
    this.formats = local.formats;
    this.#local = local;
    this.#way = way;
  }

  async query(query: SqlQuery): Promise<SqlResult> {
    const rights = new Map<string, boolean>();
    const mayRead = (name: string): boolean => {
      const may = query.mayRead(name);
      rights.set(name, may);
      return may && this.#way.isHere(name);
    };
    try {
      return await this.#local.query({ ...query, mayRead });
    } catch (error) {
      // It was given up at the first name of which there is no view here.
      const isElsewhere = [...rights.keys()].some((name) => !this.#way.isHere(name));
      if (!isElsewhere || !(error instanceof WriterHubError) || error.code !== 'forbidden') throw error;
    }
    return this.#askOthers(query, rights);
  }

  close(): Promise<void> {
    return this.#local.close();
  }

  async #askOthers(query: SqlQuery, rights: Map<string, boolean>): Promise<SqlResult> {
    const { text, quoteLargeIntegers, holder, signal } = query;
    for (;;) {
      const names = [...rights.keys()];
      const sent = { text, quoteLargeIntegers, holder, rights };
      const reply = await this.#way.ask((has) => names.every((name) => hasTable(has, name)), sent, signal);
      if ('result' in reply) return reply.result;
      rights.set(reply.unasked, query.mayRead(reply.unasked));
    }
  }
}

function hasTable(has: (topic: string) => boolean, name: string): boolean {
  return has(name) || (name.endsWith(QUARANTINE) && has(name.slice(0, -QUARANTINE.length)));
}
