import type { ServerResponse } from 'node:http';
import type { FeedItem } from '../feed/feed';
import type { FeedRecord } from '../feed/feed-record';
import type { Position } from '../store/contract/position';
import type { AnswerSender } from './answer-sender';
import { EndlessAnswer, type EndlessAnswerParts } from './endless-answer';
import type { FramedBatches } from './framed-batches';

/** A reader for which there is nothing is told how far it is no more often than this. */
const PROGRESS_MS = 1_000;

export interface FeedAnswerParts extends EndlessAnswerParts {
  /** Of all readers. */
  readonly framed: FramedBatches;
}

/** Writes what a feed gives. */
export class FeedAnswer extends EndlessAnswer<FeedItem<FeedRecord>> {
  /** How far the reader has come, if it was not told yet, and when it was told last. */
  #progress: Position | undefined;
  #notedAt = -Infinity;
  readonly #framed: FramedBatches;

  constructor(response: ServerResponse, answers: AnswerSender, parts: FeedAnswerParts) {
    super(response, answers, parts);
    this.#framed = parts.framed;
  }

  protected idOf({ position }: FeedItem<FeedRecord>): string {
    return position;
  }

  protected override prepareHead(position: string): void {
    this.response.setHeader('Writer-Hub-Position', position);
  }

  protected async send(item: FeedItem<FeedRecord>): Promise<void> {
    if (item.kind === 'caught_up') await this.write(this.form.caughtUp(item.position));
    else if (item.kind === 'events' && item.events.length > 0) await this.#sendRecords(item.events);
    else if (item.kind === 'events') await this.#note(item.position);
  }

  protected override heartbeat(): string {
    const progress = this.#progress;
    this.#progress = undefined;
    return (progress !== undefined && this.form.progress(progress)) || this.form.heartbeat;
  }

  /** Tells the reader that it has come further without an event, but not too often. */
  async #note(position: Position): Promise<void> {
    const now = performance.now();
    this.#progress = position;
    if (now - this.#notedAt < PROGRESS_MS) return;
    this.#notedAt = now;
    this.#progress = undefined;
    await this.write(this.form.progress(position));
  }

  async #sendRecords(records: readonly FeedRecord[]): Promise<void> {
    this.#progress = undefined;
    const waiting = this.#framed.bytesOf(records);
    for (const piece of this.#framed.pieces(records, this.form.record)) await this.writeChunk(piece, waiting);
  }
}
