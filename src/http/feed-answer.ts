import type { ServerResponse } from 'node:http';
import { WriterHubError } from '../errors';
import type { FeedItem } from '../feed/feed';
import type { FeedRecord } from '../feed/feed-record';
import type { Position } from '../store/contract/position';
import type { AnswerSender, Reservation } from './answer-sender';
import type { FeedForm } from './feed-forms';
import { HEARTBEAT_MS, retryTime, sendFeedHead } from './feed-head';
import type { FramedBatches } from './framed-batches';
import { asWriterHubError } from './problem';

/** A reader for which there is nothing is told how far it is no more often than this. */
const PROGRESS_MS = 1_000;

/** What is counted for a reader that takes what it is sent at once. */
const READER_BYTES = 2 * 1024;

/** Whose answer it is, and what ends it before the feed does. */
export interface FeedAnswerParts {
  readonly holder: string;
  readonly form: FeedForm;
  /** Of all readers. */
  readonly framed: FramedBatches;
  /** Ends the feed. */
  readonly abort: () => void;
}

/** Writes what a feed gives as the body of a response, as fast as the reader takes it. */
export class FeedAnswer {
  #reservation: Reservation | undefined;
  #isSilent = true;
  /** How far the reader has come, if it was not told yet, and when it was told last. */
  #progress: Position | undefined;
  #notedAt = -Infinity;
  /** Why it ends, if not by what the feed says. */
  #reason: unknown;
  readonly #response: ServerResponse;
  readonly #answers: AnswerSender;
  readonly #parts: FeedAnswerParts;

  constructor(response: ServerResponse, answers: AnswerSender, parts: FeedAnswerParts) {
    this.#response = response;
    this.#answers = answers;
    this.#parts = parts;
  }

  /** Resolves when the response has ended. Rejects with what the feed rejects with before it has given anything. */
  async run(items: AsyncGenerator<FeedItem<FeedRecord>, void, void>): Promise<void> {
    const { holder, form, abort } = this.#parts;
    const response = this.#response;
    response.once('close', abort);
    const first = await items.next();
    if (first.done === true) throw new WriterHubError('shutting_down', 'the server is stopping');
    this.#reservation = this.#answers.reserve(response, holder, READER_BYTES);
    this.#sendHead(first.value.position);
    if (response.req.method === 'HEAD') {
      abort();
      response.end();
      return;
    }
    const timer = setInterval(() => {
      this.#beat();
    }, HEARTBEAT_MS);
    try {
      await this.#write(form.start(first.value.position, retryTime()));
      for await (const item of items) await this.#send(item);
      if (!response.closed) this.#end(this.#reason ?? new WriterHubError('shutting_down', 'the server is stopping'));
    } catch (error) {
      this.#end(error);
    } finally {
      clearInterval(timer);
    }
  }

  /** Ends it because the reader may read no longer, or must not wait. */
  stop(reason: unknown): void {
    this.#reason ??= reason;
    this.#parts.abort();
  }

  #sendHead(position: string): void {
    this.#response.setHeader('Writer-Hub-Position', position);
    sendFeedHead(this.#response, this.#parts.form);
  }

  async #send(item: FeedItem<FeedRecord>): Promise<void> {
    const { form } = this.#parts;
    if (item.kind === 'caught_up') await this.#write(form.caughtUp(item.position));
    else if (item.kind === 'events' && item.events.length > 0) await this.#sendRecords(item.events);
    else if (item.kind === 'events') await this.#note(item.position);
  }

  /** Tells the reader that it has come further without an event, but not too often. */
  async #note(position: Position): Promise<void> {
    const now = performance.now();
    this.#progress = position;
    if (now - this.#notedAt < PROGRESS_MS) return;
    this.#notedAt = now;
    this.#progress = undefined;
    await this.#write(this.#parts.form.progress(position));
  }

  async #sendRecords(records: readonly FeedRecord[]): Promise<void> {
    const { form, framed } = this.#parts;
    this.#progress = undefined;
    for (const piece of framed.pieces(records, form.record)) await this.#write(piece, framed.bytesOf(records));
  }

  /** Sends bytes; while the reader does not take them, it is counted what waits with them. */
  async #write(chunk: Buffer | string, waiting = 0): Promise<void> {
    if (chunk.length === 0) return;
    this.#isSilent = false;
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    const pushed = this.#answers.pushWhole(this.#response, this.#parts.holder, bytes);
    if (!this.#response.writableNeedDrain) return pushed;
    this.#reservation?.adjust(READER_BYTES + waiting + bytes.length);
    await pushed;
    this.#reservation?.adjust(READER_BYTES);
  }

  #beat(): void {
    const response = this.#response;
    const { form } = this.#parts;
    if (this.#isSilent && !response.writableNeedDrain && !response.closed) {
      response.write(this.#progress === undefined ? form.heartbeat : form.progress(this.#progress) || form.heartbeat);
      this.#progress = undefined;
    }
    this.#isSilent = true;
  }

  #end(reason: unknown): void {
    const response = this.#response;
    if (response.closed) return;
    const error = asWriterHubError(reason);
    const { form } = this.#parts;
    const last = error.kind.retry ? form.pause(error, retryTime()) : form.end(error);
    response.end(last);
  }
}
