import type { Api } from '../../api/api';
import type { QuarantineItem, RowsAnswer } from './quarantined';
import type { ColumnInfo } from './raw-row';

/** `GET /v0/datasources/{name}` */
export interface DataSourceStatus {
  readonly name: string;
  readonly description: string;
  readonly columns: readonly ColumnInfo[];
  /** Fields of rows for which there is no column. */
  readonly unknown_fields: readonly string[];
  readonly created_at: string;
  readonly updated_at: string;
  readonly statistics: { readonly row_count: number };
  readonly quarantine_rows: number;
}

/** An answer to a schema that was sent. */
export interface PushAnswer {
  readonly created: boolean;
  readonly added_columns: readonly ColumnInfo[];
  /** Rows in the quarantine, some of which may fit now. */
  readonly quarantine_rows?: number;
  readonly warnings?: readonly string[];
}

export interface QuarantinePage {
  readonly rows: readonly QuarantineItem[];
  readonly next: string | null;
}

const PLAIN = { 'Content-Type': 'text/plain' };

/** The calls of the API that the pages of data sources make. Each rejects with an `ApiError`. */
export function dataSourceApi(api: Api) {
  const at = (name: string, ...rest: readonly string[]): string[] => ['v0', 'datasources', name, ...rest];
  return {
    status: (name: string, signal?: AbortSignal): Promise<DataSourceStatus> => api.get(at(name), withSignal(signal)),
    /** The text of the `.datasource` file. */
    file: async (name: string, signal?: AbortSignal): Promise<string> =>
      (await api.fetch('GET', at(`${name}.datasource`), withSignal(signal))).text(),
    quarantine: (name: string, after: string | undefined, signal?: AbortSignal): Promise<QuarantinePage> =>
      api.get(at(name, 'quarantine'), { query: { order: 'desc', limit: 50, after }, ...withSignal(signal) }),
    replayAll: (name: string): Promise<RowsAnswer> => api.post(at(name, 'quarantine', 'replay')),
    /** Puts a mended row in the place of a quarantined one, if it fits. */
    mend: (name: string, offset: string, row: string): Promise<RowsAnswer> =>
      api.post(at(name, 'quarantine', 'replay'), { query: { offset }, body: row, headers: PLAIN }),
    /** Makes a data source of the text of a `.datasource` file, or changes it. */
    push: (name: string, schema: string): Promise<PushAnswer> =>
      api.post(['v0', 'datasources'], { query: { name }, body: schema, headers: PLAIN }),
    sendRows: (name: string, rows: string): Promise<RowsAnswer> =>
      api.post(['v0', 'events'], { query: { name, wait: true }, body: rows, headers: PLAIN }),
    /** Removes all rows; of the quarantine under the name `<name>_quarantine`. */
    truncate: (name: string): Promise<unknown> => api.post(at(name, 'truncate')),
    remove: (name: string): Promise<unknown> => api.del(at(name)),
  };
}

export type DataSourceApi = ReturnType<typeof dataSourceApi>;

function withSignal(signal: AbortSignal | undefined): { readonly signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}
