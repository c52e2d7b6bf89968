import { renderBuckets, renderSamples } from '../parameters/sample-json';
import { pathParameter } from './express-router';
import { renderPieces } from './record-page';
import type { AuthenticatedHandler } from './route';
import type { RouteContext } from './route-context';
import { sampleQuery } from './sample-query';

/** Bytes that are counted for an answer before it is made. */
const ANSWER_BYTES = 2 * 1024 * 1024;

/** `GET …/parameters/data`: samples of a stream, one by one or summed up. */
export function sampleReads({
  parameters,
  answers,
  readPlaces,
}: Pick<RouteContext, 'parameters' | 'answers' | 'readPlaces'>): AuthenticatedHandler {
  return async ({ scopes, holder }, request, response) => {
    const where = { topic: pathParameter(request, 'topic'), streamId: pathParameter(request, 'streamId') };
    const asked = sampleQuery(request.url);
    const reservation = answers.reserve(response, holder, ANSWER_BYTES);
    const read = async (): Promise<Iterable<string>> =>
      asked.kind === 'samples'
        ? renderSamples(await parameters.samples(scopes, { ...where, ...asked.query }), asked.epoch)
        : renderBuckets(await parameters.aggregates(scopes, { ...where, ...asked.query }), asked.form);
    // What many are written at once takes as long as all of them together, so that is done in turn as well.
    const chunks = await readPlaces.run(async () => renderPieces(await read()), { holder });
    reservation.adjust(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
    response.setHeader('Content-Type', 'application/json');
    answers.send(response, holder, chunks);
  };
}
