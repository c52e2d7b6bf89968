import { z } from 'zod';
import type { Principal } from '../auth/principal';
import type { DataSourceService } from '../datasources/data-source-service';
import { WriterHubError } from '../errors';
import type { FeedRow } from '../feed/feed-row';
import type { RowFeed, RowFollowQuery } from '../feed/row-feed';
import { parseStart } from '../feed/start-point';
import { faultsOf } from '../json/schema-faults';
import { type HubMethod, streamMethod } from '../signalr';
import { rawFraming } from './record-items';
import type { HubErrors } from './hub-errors';
import { openReads, type OpenReadsParts } from './open-reads';

/** What the method that reads rows needs. */
export interface RowReaderParts extends OpenReadsParts {
  readonly dataSources: Pick<DataSourceService, 'readable' | 'checkReader'>;
  readonly rowFeed: Pick<RowFeed, 'follow'>;
}

const options = z
  .strictObject({
    from: z.unknown().optional(),
    quarantine: z.boolean().nullish(),
    integers: z.enum(['number', 'text']).nullish(),
  })
  .nullish();

/** How integers of 64 bits and more are written. */
type Integers = 'number' | 'text';

/** The items of rows. Each is made once for all readers. */
const ITEMS = {
  number: rawFraming<FeedRow>((row) => itemOf(row, row.plain)),
  text: rawFraming<FeedRow>((row) => itemOf(row, row.quoted)),
} as const;

/** The method that reads rows live: what is stored first, then what comes. */
export function rowMethods(parts: RowReaderParts, errors: HubErrors): Record<string, HubMethod<Principal>> {
  return {
    /** (name, options?): options `{from, quarantine, integers}`. */
    ReadRows: streamMethod(
      ['json', 'json'],
      async (context, name, given) => {
        try {
          const { integers, ...asked } = parseRowOptions(given);
          const query = { ...asked, name: await parts.dataSources.readable(context.principal.scopes, name) };
          const { holder } = context.principal;
          const opened = {
            topic: query.name,
            framing: ITEMS[integers],
            follow: (ending: AbortSignal) => parts.rowFeed.follow(query, { signal: ending, holder }),
          };
          const check = ({ scopes }: Principal): void => {
            parts.dataSources.checkReader(scopes, query.name);
          };
          const reads = openReads(parts, context, { reads: [opened], check }, errors);
          await reads.start();
          return reads;
        } catch (error) {
          return errors.rethrow(error);
        }
      },
      { optional: 1 },
    ),
  };
}

/** Parses the last argument of `ReadRows`. Throws `invalid_query`. */
function parseRowOptions(given: unknown): Omit<RowFollowQuery, 'name'> & { readonly integers: Integers } {
  const parsed = options.safeParse(given);
  if (!parsed.success) {
    const problem = faultsOf(parsed.error);
    throw new WriterHubError('invalid_query', `the options are not {from, quarantine, integers}: ${problem}`);
  }
  const { from, quarantine, integers } = parsed.data ?? {};
  return {
    start: parseStart(from, 'from'),
    part: quarantine === true ? 'quarantine' : 'rows',
    integers: integers ?? 'number',
  };
}

function itemOf({ topic, position }: FeedRow, row: string): string {
  return `{"type":"row",${JSON.stringify({ topic, offset: position }).slice(1, -1)},"row":${row}}`;
}
