import type { Api } from '../../api/api';
import { cellsOf } from '../../exact/cells';
import { csvLine } from '../../exact/csv';
import { csvRow } from './csv';
import { withoutFormat } from './query-text';
import { streamQuery } from './run-query';

/** Characters of a file that are put together before the browser takes them over. */
const PART = 1024 * 1024;

/** The result of a query as a CSV file, with the names of the columns first. Rejects as `streamQuery`. */
export async function csvFile(api: Api, query: string, signal: AbortSignal): Promise<Blob> {
  const parts: Blob[] = [];
  let text = '';
  const write = (line: string): void => {
    text += line;
    if (text.length < PART) return;
    parts.push(new Blob([text]));
    text = '';
  };
  const sink = {
    onColumns: (columns: readonly { readonly name: string }[]) => {
      write(csvLine(columns.map(({ name }) => name)));
    },
    onRow: (row: string) => {
      write(csvRow(cellsOf(row)));
    },
  };
  await streamQuery(api, query, sink, signal);
  return new Blob([...parts, text], { type: 'text/csv;charset=utf-8' });
}

/** The result of a query as a file that the server makes. Rejects as `streamQuery`. */
export async function formattedFile(
  api: Api,
  { query, format }: { readonly query: string; readonly format: string },
  signal: AbortSignal,
): Promise<Blob> {
  const response = await api.fetch('POST', ['v0', 'sql'], {
    query: { default_format: format },
    body: withoutFormat(query),
    headers: { 'Content-Type': 'text/plain' },
    signal,
  });
  return response.blob();
}

/** Has the browser save a file. */
export function save(file: Blob, name: string): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The browser has taken the file over when the click is done.
  setTimeout(() => {
    URL.revokeObjectURL(address);
  }, 0);
}
