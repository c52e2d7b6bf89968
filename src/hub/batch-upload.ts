import { WriterHubError } from '../errors';
import { HubException } from '../signalr';
import { type ItemForm, readBatchItem } from './batch-item';

/** The result of an upload. */
export interface UploadSummary {
  readonly batches: number;
  /** Bytes of JSON text, as the contents of the items were sent. */
  readonly bytes: number;
}

/** Stores a batch, whole or not at all, after those of earlier calls. Resolves when it is durable. */
export type StoreBatch = (streamId: unknown, content: Uint8Array) => Promise<unknown>;

/** How much may be waiting for the disk at once. */
export interface UploadWindow {
  readonly batches: number;
  readonly bytes: number;
}

/** Enough for many batches to share a commit. */
const DEFAULT_WINDOW: UploadWindow = { batches: 64, bytes: 4 * 1024 * 1024 };

/** What an upload is made of, and where its batches go. */
export interface UploadTarget {
  readonly form: ItemForm;
  readonly store: StoreBatch;
  readonly window?: UploadWindow;
}

/**
 * Stores an upload of items, such as `{streamId, events}`, in order. While the window is full no further item is taken,
 * which slows the client down. Resolves when all are durable. The upload ends at the first batch that cannot be stored;
 * nothing of that batch is stored, and the error says which one it was and how many others are.
 */
export function storeUpload(items: AsyncIterable<Uint8Array>, target: UploadTarget): Promise<UploadSummary> {
  return new BatchUpload(items[Symbol.asyncIterator](), target).run();
}

class BatchUpload {
  #received = 0;
  #stored = 0;
  #storedBytes = 0;
  #pendingBytes = 0;
  readonly #pending: Promise<void>[] = [];
  #failure: { readonly index: number; readonly error: unknown } | undefined;
  readonly #items: AsyncIterator<Uint8Array>;
  readonly #form: ItemForm;
  readonly #store: StoreBatch;
  readonly #window: UploadWindow;

  constructor(items: AsyncIterator<Uint8Array>, { form, store, window = DEFAULT_WINDOW }: UploadTarget) {
    this.#items = items;
    this.#form = form;
    this.#store = store;
    this.#window = window;
  }

  async run(): Promise<UploadSummary> {
    try {
      for (;;) {
        const item = await this.#items.next();
        if (item.done === true || this.#failure !== undefined) break;
        this.#storeItem(item.value);
        await this.#makeRoom();
      }
    } catch (error) {
      await Promise.all(this.#pending);
      throw this.#explainAbort(error);
    }
    await Promise.all(this.#pending);
    if (this.#failure !== undefined) throw this.#explain(this.#failure.index, this.#failure.error);
    return { batches: this.#stored, bytes: this.#storedBytes };
  }

  #storeItem(text: Uint8Array): void {
    const index = this.#received++;
    let storing: Promise<unknown>;
    let size: number;
    try {
      const { streamId, content } = readBatchItem(text, this.#form);
      size = content.length;
      storing = this.#store(streamId, content);
    } catch (error) {
      this.#fail(index, error);
      return;
    }
    this.#pendingBytes += size;
    const stored = storing.then(
      () => {
        this.#stored++;
        this.#storedBytes += size;
      },
      (error: unknown) => {
        this.#fail(index, error);
      },
    );
    this.#pending.push(
      stored.then(() => {
        this.#pendingBytes -= size;
      }),
    );
  }

  async #makeRoom(): Promise<void> {
    const { batches, bytes } = this.#window;
    while (this.#pending.length >= batches || this.#pendingBytes >= bytes) await this.#pending.shift();
  }

  #fail(index: number, error: unknown): void {
    if (this.#failure === undefined || index < this.#failure.index) this.#failure = { index, error };
    // Ends the upload even while the client sends nothing.
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

  /** The error of an upload that the client has failed, or of a client that has gone. */
  #explainAbort(error: unknown): unknown {
    return error instanceof HubException
      ? new HubException(`${error.message} (${this.#stored} batches are stored)`)
      : error;
  }
}
