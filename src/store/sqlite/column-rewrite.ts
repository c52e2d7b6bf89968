import { toStoreError } from './channel/failure';
import type { ConversionProgress, ConversionRequest } from './channel/messages';
import type { StoreThreads } from './queue/store-threads';

/** Columns of a data source that are to be rewritten. */
export type ColumnRewrite = Omit<ConversionRequest, 'from' | 'numbers'>;

/**
 * Rewrites columns beside those that are read, step by step, from where `before` has come to, until so many rows are
 * left at the most. Rejects with `schema_changed`, and with `invalid_schema` when a value does not fit.
 */
export async function rewriteColumns(
  threads: StoreThreads,
  request: ColumnRewrite,
  { rest, before }: { readonly rest: number; readonly before?: ConversionProgress | undefined },
): Promise<ConversionProgress> {
  let progress = await convert(threads, { ...request, from: before?.until ?? 0, numbers: before?.numbers });
  while (progress.numbers.length < request.converted.length || progress.end - progress.until > rest) {
    const { until, numbers } = progress;
    progress = await convert(threads, { ...request, from: until, numbers });
  }
  return progress;
}

async function convert(threads: StoreThreads, request: ConversionRequest): Promise<ConversionProgress> {
  try {
    return await threads.convert(request);
  } catch (failure) {
    throw toStoreError('write', failure);
  }
}
