import { WriterHubError } from '../errors';
import { HubException } from '../signalr';
import { readBatchItem } from './batch-item';

/** What an upload of events came to. */
export interface UploadSummary {
  readonly batches: number;
  /** Bytes of JSON text, as the events were sent. */
  readonly bytes: number;
}

/** Begins to store one batch, whole or not at all, after those it was called with before. Resolves when it is durable. */
export type StoreBatch = (streamId: unknown, events: Uint8Array) => Promise<void>;

/** How much may be on its way to the disk at once. */
export interface UploadWindow {
  readonly batches: number;
  readonly bytes: number;
}

/** Enough for many batches to share a commit. */
const USUAL_WINDOW: UploadWindow = { batches: 64, bytes: 4 * 1024 * 1024 };

/**
 * Stores an upload of items `{streamId, events}` in order, as fast as the disk takes them: beyond the window no further item is
 * taken, so that the client is slowed down. Resolves when all is durable. It ends at the first batch that cannot be stored, of which
 * nothing is; the error says which that was, and what is stored.
 */
export function streamEvents(
  items: AsyncIterable<Uint8Array>,
  store: StoreBatch,
  window: UploadWindow = USUAL_WINDOW,
): Promise<UploadSummary> {
  return new EventUpload(items[Symbol.asyncIterator](), store, window).run();
}

class EventUpload {
  #taken = 0;
  #stored = 0;
  #storedBytes = 0;
  #bytesUnderway = 0;
  readonly #underway: Promise<void>[] = [];
  #failure: { readonly index: number; readonly error: unknown } | undefined;
  readonly #items: AsyncIterator<Uint8Array>;
  readonly #store: StoreBatch;
  readonly #window: UploadWindow;

  constructor(items: AsyncIterator<Uint8Array>, store: StoreBatch, window: UploadWindow) {
    this.#items = items;
    this.#store = store;
    this.#window = window;
  }

  async run(): Promise<UploadSummary> {
    try {
      for (;;) {
        const item = await this.#items.next();
        if (item.done === true || this.#failure !== undefined) break;
        this.#take(item.value);
        await this.#makeRoom();
      }
    } catch (error) {
      await Promise.all(this.#underway);
      throw this.#explainLoss(error);
    }
    await Promise.all(this.#underway);
    if (this.#failure !== undefined) throw this.#explain(this.#failure.index, this.#failure.error);
    return { batches: this.#stored, bytes: this.#storedBytes };
  }

  #take(text: Uint8Array): void {
    const index = this.#taken++;
    let storing: Promise<void>;
    let size: number;
    try {
      const { streamId, events } = readBatchItem(text);
      size = events.length;
      storing = this.#store(streamId, events);
    } catch (error) {
      this.#fail(index, error);
      return;
    }
    this.#bytesUnderway += size;
    const stored = storing.then(
      () => {
        this.#stored++;
        this.#storedBytes += size;
      },
      (error: unknown) => {
        this.#fail(index, error);
      },
    );
    this.#underway.push(
      stored.then(() => {
        this.#bytesUnderway -= size;
      }),
    );
  }

  async #makeRoom(): Promise<void> {
    const { batches, bytes } = this.#window;
    while (this.#underway.length >= batches || this.#bytesUnderway >= bytes) await this.#underway.shift();
  }

  #fail(index: number, error: unknown): void {
    if (this.#failure === undefined || index < this.#failure.index) this.#failure = { index, error };
    // Even while the client sends nothing.
    void this.#items.return?.();
  }

  #explain(index: number, error: unknown): unknown {
    if (!(error instanceof WriterHubError)) return error;
    const after = this.#stored - index;
    const stored = `${index} before it are stored${after > 0 ? `, and ${after} after it` : ''}`;
    const { code, message, problems, position } = error;
    const details = { ...(problems && { problems }), ...(position !== undefined && { position }), cause: error };
    return new WriterHubError(code, `batch ${index}: ${message} (${stored})`, details);
  }

  /** The client has failed its upload, or is gone. */
  #explainLoss(error: unknown): unknown {
    return error instanceof HubException
      ? new HubException(`${error.message} (${this.#stored} batches are stored)`)
      : error;
  }
}
