import type { ServerResponse } from 'node:http';
import { WriterHubError } from '../errors';
import type { AnswerSender, Reservation } from './answer-sender';
import type { FeedForm } from './feed-forms';
import { BEAT_MS, retryTime, sendFeedHead, SILENT_BEATS } from './feed-head';
import { BodyChunk, type LiveBody } from './live-body';
import { asWriterHubError } from './problem';

/** What is counted for a reader that takes what it is sent at once. */
const READER_BYTES = 2 * 1024;

/** Whose answer it is, and what ends it before its source does. */
export interface EndlessAnswerParts {
  readonly holder: string;
  readonly form: FeedForm;
  /** Ends the source. */
  readonly abort: () => void;
}

/**
 * Writes what a source gives as the body of a response, as fast as the reader takes it, for as long as either side
 * wants. Whoever extends it says how its items are written.
 */
export abstract class EndlessAnswer<Item> {
  #reservation: Reservation | undefined;
  #body: LiveBody | undefined;
  /** Beats since something was sent. */
  #beats = 0;
  /** Why it ends, if not by what the source says. */
  #reason: WriterHubError | undefined;
  protected readonly response: ServerResponse;
  protected readonly form: FeedForm;
  protected readonly answers: AnswerSender;
  protected readonly holder: string;
  readonly #abort: () => void;

  constructor(response: ServerResponse, answers: AnswerSender, { holder, form, abort }: EndlessAnswerParts) {
    this.response = response;
    this.answers = answers;
    this.holder = holder;
    this.form = form;
    this.#abort = abort;
  }

  /** Resolves when the response has ended. Rejects with what the source rejects with before it has given anything. */
  async run(items: AsyncGenerator<Item, void, void>): Promise<void> {
    const { response } = this;
    response.once('close', this.#abort);
    const first = await items.next();
    if (first.done === true) throw this.#reason ?? stopping();
    this.#reservation = this.answers.reserve(response, this.holder, READER_BYTES);
    const id = this.idOf(first.value);
    this.prepareHead(id);
    sendFeedHead(response, this.form);
    if (response.req.method === 'HEAD') {
      this.#abort();
      response.end();
      return;
    }
    this.#body = this.answers.liveBody(response, this.holder);
    const timer = setInterval(() => {
      this.#beat();
    }, BEAT_MS);
    try {
      await this.write(this.form.start(id, retryTime()));
      await this.send(first.value);
      for await (const item of items) await this.send(item);
      this.#end(this.#reason ?? stopping());
    } catch (error) {
      this.#end(error);
    } finally {
      clearInterval(timer);
    }
  }

  /** Ends it because the reader may read no longer, or must not wait. */
  stop(reason: WriterHubError): void {
    this.#reason ??= reason;
    this.#abort();
  }

  /** The id that the answer begins with, of the first item. */
  protected abstract idOf(first: Item): string;

  /** Writes an item. */
  protected abstract send(item: Item): Promise<void>;

  /** Sets headers of its own. */
  protected prepareHead(_id: string): void {
    // Most have none.
  }

  /** What is sent to a reader for which nothing came. */
  protected heartbeat(): string {
    return this.form.heartbeat;
  }

  /** Sends text. Resolves when there is room for more. */
  protected async write(text: string): Promise<void> {
    for (const chunk of BodyChunk.of(text)) await this.writeChunk(chunk);
  }

  /** Sends a chunk; while the reader does not take it, it is counted, and what waits with it. */
  protected async writeChunk(chunk: BodyChunk, waiting = 0): Promise<void> {
    const body = this.#body;
    if (body === undefined) return;
    this.#beats = 0;
    const taken = body.write(chunk);
    if (!body.isWaiting) return taken;
    this.#reservation?.adjust(READER_BYTES + waiting + chunk.data.length);
    await taken;
    this.#reservation?.adjust(READER_BYTES);
  }

  #beat(): void {
    this.#beats += 1;
    const body = this.#body;
    if (this.#beats < SILENT_BEATS || body?.isWaiting !== false) return;
    this.#beats = 0;
    for (const chunk of BodyChunk.of(this.heartbeat())) void body.write(chunk);
  }

  #end(reason: unknown): void {
    if (this.response.closed) return;
    const error = asWriterHubError(reason);
    this.response.end(error.kind.retry ? this.form.pause(error, retryTime()) : this.form.end(error));
  }
}

function stopping(): WriterHubError {
  return new WriterHubError('shutting_down', 'the server is stopping');
}
