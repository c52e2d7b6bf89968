import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { type StreamBlock, streamBlocks } from './event-stream';
import { Pauses } from './pauses';
import type { Print } from './print';
import { request } from './request';
import { codeOf, responseError } from './response-error';
import type { LineOf } from './tail-lines';
import type { Target } from './target';
import { UsageError } from './usage-error';
import { CommandError } from './command-error';

/** What is printed. `auto`: what the topic holds, events or rows. */
export type TailedPart = 'auto' | 'events' | 'rows' | 'quarantine';

export interface TailOptions {
  readonly topic: string;
  readonly part: TailedPart;
  readonly streamId: string | undefined;
  readonly ids: readonly string[];
  /** Each `key=value`. */
  readonly tags: readonly string[];
  /** Parameters of the first request, that say where to begin; none: now. */
  readonly start: Readonly<Record<string, string>>;
  /** Whether to go on once all that is stored is printed. */
  readonly follow: boolean;
  /** Whether there is another token each time, so that the end of one is no end. */
  readonly renewsToken: boolean;
  readonly signal: AbortSignal;
  readonly lineOf: LineOf;
  /** Is told what is not an event. */
  readonly note: (text: string) => void;
}

/** After how many milliseconds without a byte a connection is given up: the server sends one every 15 seconds. */
const LONGEST_SILENCE = 45_000;

/** Milliseconds after which what is not there yet is asked for again. */
const ABSENT_PAUSE = 1_000;

const TOO_MANY_REQUESTS = 429;

/** How much of a pause is left to chance, so that not all come back at once. */
const JITTER = 0.3;

const UNKNOWN: ReadonlySet<string> = new Set(['unknown_topic', 'unknown_stream', 'unknown_data_source']);

/** A comment that is the code of an error. */
const CODE = /^[a-z]+(?:_[a-z]+)+$/;

const ending = z.object({ code: z.string(), message: z.string(), earliest: z.string().optional() });

/** Why a connection is over: what was asked for is, it was cut, or what is asked for is not there yet. */
type Outcome = 'done' | 'cut' | 'absent' | 'other_kind';

/**
 * Prints what comes into a topic, a line each, over one event stream. It survives cuts and restarts of the server: it
 * goes on from its last position, so that nothing is printed twice or left out.
 */
export class Tail {
  #part: TailedPart;
  /** Up to where everything is printed. */
  #position: string | undefined;
  #start: Readonly<Record<string, string>>;
  /** Whether the server has ever answered, so that it may be restarting when it does not. */
  #isReached = false;
  #isWaiting = false;
  readonly #pauses = new Pauses();
  /** The last comment of the server: which code an end for now has. */
  #said = '';
  readonly #options: TailOptions;
  readonly #findTarget: () => Target;
  readonly #print: Print;

  /** `findTarget` is asked for each connection: a token that is made here does not live for ever. */
  constructor(findTarget: () => Target, options: TailOptions, print: Print) {
    this.#findTarget = findTarget;
    this.#options = options;
    this.#print = print;

    this.#part = options.part;
    this.#start = options.start;
  }

  /** Resolves when it is over. Rejects with what the server says when there will be no more. */
  async run(): Promise<void> {
    const { signal } = this.#options;
    while (!signal.aborted) {
      const outcome = await this.#connect();
      if (outcome === 'done') return;
      if (outcome === 'other_kind') continue;
      await this.#wait(outcome === 'absent' ? ABSENT_PAUSE : this.#pauses.next());
    }
  }

  async #connect(): Promise<Outcome> {
    const { signal } = this.#options;
    const silence = new Silence(LONGEST_SILENCE);
    try {
      const target = this.#findTarget();
      const headers = { authorization: `Bearer ${target.token}`, accept: 'text/event-stream' };
      const either = AbortSignal.any([signal, silence.signal]);
      const response = await request(target, this.#path(), { headers, signal: either });
      if (!response.ok) return this.#refused(response.status, await response.text());
      this.#isReached = true;
      this.#isWaiting = false;
      return await this.#read(silence.watch(response.body ?? []));
    } catch (error) {
      if (signal.aborted) return 'done';
      if (error instanceof CommandError || !this.#isReached) throw error;
      return this.#cut();
    } finally {
      silence.end();
    }
  }

  async #read(body: AsyncIterable<Uint8Array>): Promise<Outcome> {
    for await (const blocks of streamBlocks(body)) {
      const last = blocks.findIndex(({ event }) => event === 'end' || (event === 'caught-up' && !this.#options.follow));
      await this.#printAll(last < 0 ? blocks : blocks.slice(0, last));
      if (last >= 0) return this.#ended(blocks[last]!);
    }
    return this.#cut();
  }

  async #printAll(blocks: readonly StreamBlock[]): Promise<void> {
    let text = '';
    let position = this.#position;
    for (const { event, data, id, retry, comment = '' } of blocks) {
      if (event === 'message' && data !== undefined) text += this.#options.lineOf(data);
      if (id !== undefined) position = id;
      if (retry !== undefined) this.#pauses.onRetry(retry);
      if (comment !== '') this.#said = comment;
    }
    if (text !== '') await this.#print(text);
    this.#position = position;
  }

  #ended({ event, data = '{}' }: StreamBlock): Outcome {
    if (event !== 'end') return 'done';
    const { code, message, earliest } = ending.parse(JSON.parse(data));
    if (code === 'unauthenticated' && this.#options.renewsToken) return 'cut';
    throw this.#goneError(code, `the server has ended it: ${code}: ${message}`, earliest);
  }

  #refused(status: number, body: string): Outcome {
    const code = codeOf(body);
    const { follow } = this.#options;
    if (code === 'wrong_topic_kind' && this.#part === 'auto') {
      this.#part = 'rows';
      return 'other_kind';
    }
    const isAbsent = status === 404 && code !== undefined && UNKNOWN.has(code);
    if (isAbsent && follow && this.#position === undefined) return this.#absent();
    const error = responseError(status, body);
    const passes = status >= 500 || status === TOO_MANY_REQUESTS;
    if (passes && this.#isReached) return this.#cut();
    throw error instanceof CommandError && !(error instanceof UsageError)
      ? this.#goneError(code, error.message)
      : error;
  }

  /** Whatever comes into what is not there yet comes after now. */
  #absent(): Outcome {
    const { topic, streamId, note } = this.#options;
    const what = streamId === undefined ? `"${topic}"` : `stream "${streamId}" in "${topic}"`;
    if (!this.#isWaiting) note(`there is no ${what} yet; waiting for it`);
    this.#isWaiting = true;
    this.#isReached = true;
    if (!('since' in this.#start) && !isPosition(this.#start['from'])) this.#start = { from: 'earliest' };
    return 'absent';
  }

  #cut(): Outcome {
    const { note } = this.#options;
    const why = CODE.test(this.#said) ? ` (${this.#said})` : '';
    if (this.#pauses.isFirst) note(`the connection was cut${why}; trying again`);
    this.#said = '';
    return 'cut';
  }

  #goneError(code: string | undefined, message: string, earliest?: string): CommandError {
    if (code !== 'position_gone') return new CommandError(message);
    const from = earliest ?? 'earliest';
    return new CommandError(`${message}; --from ${from} goes on with what is left`);
  }

  #path(): string {
    const { topic, streamId, ids, tags, follow } = this.#options;
    const start = Object.keys(this.#start).length > 0 ? this.#start : { from: follow ? 'latest' : 'earliest' };
    const query = new URLSearchParams(this.#position === undefined ? start : { from: this.#position });
    for (const id of ids) query.append('id', id);
    for (const tag of tags) query.append('tag', tag);
    const name = encodeURIComponent(topic);
    const stream = streamId === undefined ? '' : `/streams/${encodeURIComponent(streamId)}`;
    const isRows = this.#part === 'rows' || this.#part === 'quarantine';
    const path = isRows ? `/v0/datasources/${name}/${this.#part}` : `/topics/${name}${stream}/events`;
    return `${path}?${query.toString()}`;
  }

  async #wait(milliseconds: number): Promise<void> {
    const { signal } = this.#options;
    const spread = Math.round(JITTER * milliseconds);
    try {
      await delay(milliseconds + randomInt(-spread, spread + 1), undefined, { signal });
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
}

/** Gives up what has been silent for too long: a connection may be dead without anybody saying so. */
class Silence {
  #timer: NodeJS.Timeout | undefined;
  readonly #ending = new AbortController();
  readonly #longest: number;

  constructor(longest: number) {
    this.#longest = longest;
    this.#begin();
  }

  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  async *watch(body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
    for await (const piece of body) {
      this.#begin();
      yield piece;
    }
  }

  end(): void {
    clearTimeout(this.#timer);
  }

  #begin(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#ending.abort();
    }, this.#longest);
  }
}

function isPosition(from: string | undefined): boolean {
  return from !== undefined && from !== 'latest' && from !== 'earliest';
}
