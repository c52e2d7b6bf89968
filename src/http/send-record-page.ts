import { namingPosition } from '../store/contract/position';
import type { LiveCaller } from './live-answers';
import { renderRecordPage, type RecordPage } from './record-page';
import type { RouteContext } from './route-context';

/** Bytes that are counted for an event or a row before a page is read, and for a page at the most. */
const RECORD_BYTES = 512;
const PAGE_BYTES = 2 * 1024 * 1024;

/** Reads a page of at most so many events or rows in turn with others, and sends it. */
export async function sendRecordPage(
  { principal: { holder }, request, response }: LiveCaller,
  { answers, readPlaces }: Pick<RouteContext, 'answers' | 'readPlaces'>,
  limit: number,
  read: () => Promise<RecordPage>,
): Promise<void> {
  const reservation = answers.reserve(response, holder, Math.min(limit * RECORD_BYTES, PAGE_BYTES));
  const lines = request.accepts(['application/json', 'application/x-ndjson']) === 'application/x-ndjson';
  // What many are written at once takes as long as all of them together, so that is done in turn as well.
  const [page, chunks] = await readPlaces.run(
    async () => {
      const page = await read().catch((error: unknown) => {
        throw namingPosition(error, 'after');
      });
      return [page, await renderRecordPage(page, lines)] as const;
    },
    { holder },
  );
  reservation.adjust(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  // Sent with every page, also at the end: where to go on once there is more.
  response.setHeader('Writer-Hub-Position', page.position);
  if (lines && page.more) response.setHeader('Writer-Hub-Next', page.position);
  response.setHeader('Content-Type', lines ? 'application/x-ndjson' : 'application/json');
  answers.send(response, holder, chunks);
}
