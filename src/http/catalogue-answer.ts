import type { ServerResponse } from 'node:http';
import { WriterHubError } from '../errors';
import { renderState } from '../feed/catalogue-feed';
import type { ListingItem } from '../feed/listing';
import type { AnswerSender, Reservation } from './answer-sender';
import { EVENT_STREAM, type FeedForm } from './feed-forms';
import { HEARTBEAT_MS, retryTime, sendFeedHead } from './feed-head';
import { asWriterHubError } from './problem';

/** What is counted for a reader that takes what it is sent at once. */
const READER_BYTES = 2 * 1024;
/** The last id of an `EventSource` that was connected before: it is given everything again. */
const ID = 'listing';

export interface CatalogueAnswerParts {
  readonly holder: string;
  readonly form: FeedForm;
  readonly type: 'topic' | 'stream';
  /** Ends the listing. */
  readonly abort: () => void;
}

/** Writes what a listing gives as the body of a response, as fast as the reader takes it. */
export class CatalogueAnswer {
  #isSilent = true;
  #reservation: Reservation | undefined;
  /** Why it ends, if not by what the listing says. */
  #reason: WriterHubError | undefined;
  readonly #response: ServerResponse;
  readonly #answers: AnswerSender;
  readonly #parts: CatalogueAnswerParts;

  constructor(response: ServerResponse, answers: AnswerSender, parts: CatalogueAnswerParts) {
    this.#response = response;
    this.#answers = answers;
    this.#parts = parts;
  }

  /** Resolves when the response has ended. Rejects with what the listing rejects with before it has given anything. */
  async run(items: AsyncGenerator<ListingItem, void, void>): Promise<void> {
    const { holder, form, abort } = this.#parts;
    const response = this.#response;
    response.once('close', abort);
    const first = await items.next();
    if (first.done === true) throw this.#reason ?? stopping();
    this.#reservation = this.#answers.reserve(response, holder, READER_BYTES);
    sendFeedHead(response, form);
    if (response.req.method === 'HEAD') {
      abort();
      response.end();
      return;
    }
    const timer = setInterval(() => {
      this.#beat();
    }, HEARTBEAT_MS);
    try {
      await this.#write(form.start(ID, retryTime()));
      await this.#send(first.value);
      for await (const item of items) await this.#send(item);
      this.#end(this.#reason ?? stopping());
    } catch (error) {
      this.#end(error);
    } finally {
      clearInterval(timer);
    }
  }

  /** Ends it because the reader may read no longer. */
  stop(reason: WriterHubError): void {
    this.#reason ??= reason;
    this.#parts.abort();
  }

  async #send(item: ListingItem): Promise<void> {
    const { type } = this.#parts;
    if (item.kind === 'start') await this.#write(this.#frame('{"type":"start"}'));
    else if (item.kind === 'caught_up') await this.#write(this.#frame('{"type":"caught-up"}'));
    else await this.#write(item.states.map((state) => this.#frame(renderState(state, type))).join(''));
  }

  #frame(text: string): string {
    return this.#parts.form === EVENT_STREAM ? `data: ${text}\n\n` : `${text}\n`;
  }

  /** Sends a text; while the reader does not take it, it is counted. */
  async #write(text: string): Promise<void> {
    if (text === '') return;
    this.#isSilent = false;
    const bytes = Buffer.from(text);
    const pushed = this.#answers.push(this.#response, this.#parts.holder, bytes);
    if (!this.#response.writableNeedDrain) return pushed;
    this.#reservation?.adjust(READER_BYTES + bytes.length);
    await pushed;
    this.#reservation?.adjust(READER_BYTES);
  }

  #beat(): void {
    const response = this.#response;
    if (this.#isSilent && !response.writableNeedDrain && !response.closed) response.write(this.#parts.form.heartbeat);
    this.#isSilent = true;
  }

  #end(reason: unknown): void {
    if (this.#response.closed) return;
    const error = asWriterHubError(reason);
    const { form } = this.#parts;
    this.#response.end(error.kind.retry ? form.pause(error, retryTime()) : form.end(error));
  }
}

function stopping(): WriterHubError {
  return new WriterHubError('shutting_down', 'the server is stopping');
}
