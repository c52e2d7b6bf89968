import type { Request, Response } from 'express';
import type { Principal } from '../auth/principal';
import { watchToken } from '../auth/token-watch';
import { WriterHubError } from '../errors';
import type { FeedItem, Following } from '../feed/feed';
import type { FeedRecord } from '../feed/feed-record';
import { FeedAnswer } from './feed-answer';
import { END_ID, EVENT_STREAM, type FeedForm, isGone, LINES } from './feed-forms';
import { namingPosition } from '../store/contract/position';
import { lastEventId, positionName } from './follow-query';
import { FramedBatches } from './framed-batches';
import { asWriterHubError } from './problem';
import type { RouteContext } from './route-context';

/** Who is answered. */
export interface LiveCaller {
  readonly principal: Principal;
  readonly request: Request;
  readonly response: Response;
}

/** Follows what the caller asks for. */
export type Follow = (following: Following) => AsyncGenerator<FeedItem<FeedRecord>, void, void>;

/** Answers for as long as the caller listens. */
export type AnswerLive = (caller: LiveCaller, form: FeedForm, follow: Follow) => Promise<void>;

const LINES_TYPE = 'application/x-ndjson';
const EVENT_STREAM_TYPE = 'text/event-stream';

/** An event stream of some form unless lines are asked for. */
export function liveForm(request: Request, eventStream: FeedForm): FeedForm {
  return request.accepts([EVENT_STREAM_TYPE, LINES_TYPE]) === LINES_TYPE ? LINES : eventStream;
}

/** Lines unless an event stream is asked for. Throws `invalid_query` for who accepts neither. */
export function followForm(request: Request): FeedForm {
  const type = request.accepts([LINES_TYPE, EVENT_STREAM_TYPE]);
  if (type === LINES_TYPE) return LINES;
  if (type === EVENT_STREAM_TYPE) return EVENT_STREAM;
  throw new WriterHubError('invalid_query', `follow=true answers with lines: accept ${LINES_TYPE}`);
}

export function liveAnswers(context: LiveContext): AnswerLive {
  const framed = new FramedBatches();
  return (caller, form, follow) =>
    answerFeed(context, caller, form, ({ signal, abort }) => {
      const { holder } = caller.principal;
      const answer = new FeedAnswer(caller.response, context.answers, { holder, form, framed, abort });
      return {
        stop: (reason) => {
          answer.stop(reason);
        },
        run: () => answer.run(follow({ signal, holder })),
      };
    });
}

/** What is answered with for as long as the caller listens. */
export interface Running {
  stop(reason: WriterHubError): void;
  /** Resolves when it is over. */
  run(): Promise<void>;
}

/** The signal that ends what an answer is given, and what aborts it. */
export interface Ending {
  readonly signal: AbortSignal;
  readonly abort: () => void;
}

export type LiveContext = Pick<RouteContext, 'followers' | 'answers' | 'revocations'>;

/** Takes a place and answers, for as long as the caller listens and its token lasts. */
export async function answerFeed(
  { followers, revocations }: Pick<LiveContext, 'followers' | 'revocations'>,
  { principal, request, response }: LiveCaller,
  form: FeedForm,
  begin: (ending: Ending) => Running,
): Promise<void> {
  const ending = new AbortController();
  const abort = (): void => {
    ending.abort();
  };
  const answer = begin({ signal: ending.signal, abort });
  const stopWatching = watchToken(principal, revocations, (error) => {
    answer.stop(error);
  });
  try {
    response.once('close', followers.take(principal.holder));
    await answer.run();
  } catch (error) {
    refuse(request, response, asWriterHubError(namingPosition(error, positionName(request))), form);
  } finally {
    stopWatching();
  }
}

/**
 * An `EventSource` shows a page nothing of an error, and never comes back after one. So it is told in an answer that
 * succeeds of what passes, and, if it was connected before, that what it came back to is no longer there.
 */
export function refuse(request: Request, response: Response, error: WriterHubError, form: FeedForm): void {
  if (form === LINES || response.headersSent) throw error;
  const id = lastEventId(request);
  if (!error.kind.retry && (id === undefined || !isGone(error))) throw error;
  if (id === END_ID) {
    response.status(204).end();
    return;
  }
  response.setHeader('Content-Type', form.contentType);
  response.setHeader('Cache-Control', 'no-cache, no-transform');
  response.end(error.kind.retry ? form.pause(error, 5_000) : form.end(error));
}
