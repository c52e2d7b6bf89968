import { WriterHubError } from '../../errors';
import type { TopicKind } from '../contract/topic-kind';
import { type Change, textLength, topicOf } from '../sqlite/channel/messages';
import { NOBODY, type QueuePressure } from '../sqlite/queue/queue-pressure';
import { type SentRecord, toChunks } from './chunks';
import { JoinedAppends } from './joined-appends';
import type { LogCluster } from './log-cluster';
import { numberHeaders, toRecord, type LogLimits, type LogWrite } from './log-record';
import type { PendingWrites, WriteSize } from './pending-writes';
import { countedOf } from './told-commits';
import type { DirectoryEntry, TopicDirectory } from './topic-directory';

/** What a write occupies besides its text, roughly. */
const WRITE_OVERHEAD = 1024;

/** What a write is about, and whether it may make it. */
export interface WriteTarget {
  readonly topic: string;
  readonly kind: TopicKind;
  readonly createTopic?: boolean | undefined;
  readonly creator?: string | undefined;
}

export interface LogWritesParts {
  readonly cluster: LogCluster;
  readonly directory: TopicDirectory;
  readonly pending: PendingWrites;
  /** The log of what belongs to no topic. */
  readonly catalogue: string;
  readonly limits: () => Required<LogLimits>;
  /** Why nothing can be written now; `undefined`: it can. */
  readonly refusal: () => WriterHubError | undefined;
  /** Whether there is a view of a log here: of what is carried out elsewhere, nothing else tells the size. */
  readonly isHere: (log: string) => boolean;
  /** Why nobody could say what comes of a write to a topic. */
  readonly refusalOf: (topic: string) => WriterHubError | undefined;
  readonly pressure: QueuePressure;
  /** The most bytes of one write. */
  readonly maxWriteBytes: number;
}

/** What changes of the catalogue wait in line for. */
const CATALOGUE = Symbol('catalogue');

/** A write that is in its log: what it turns out to be is not waited for by those behind it. */
interface Sent {
  readonly outcome: Promise<unknown>;
}

/** Puts writes into the logs that they belong to, in the order of the calls, and waits for them to be carried out. */
export class LogWrites {
  /** For topics that are being made or removed, and the catalogue: when the last call so far is in its log. */
  readonly #lines = new Map<string | typeof CATALOGUE, Promise<void>>();
  #count = 0;
  readonly #waiting: (() => void)[] = [];
  readonly #joined: JoinedAppends;
  readonly #parts: LogWritesParts;

  constructor(parts: LogWritesParts) {
    this.#parts = parts;
    const most = Math.min(parts.cluster.maxRecordBytes, parts.maxWriteBytes);
    this.#joined = new JoinedAppends((log, write) => this.#put(log, write), most);
  }

  /** A write to what a topic holds. Settles as it turns out when it is carried out. */
  write(target: WriteTarget, write: LogWrite, holder = NOBODY): Promise<unknown> {
    return this.#counted(write, holder, () => this.#write(target, write));
  }

  /** A change of which topics there are, or of what belongs to none. */
  async changeCatalogue(change: Change, holder = NOBODY): Promise<void> {
    await this.#counted({ kind: 'change', change }, holder, () => this.#changeCatalogue(change));
  }

  /** How many calls wait. */
  get count(): number {
    return this.#count;
  }

  /** Resolves when what was called before for a topic is carried out. */
  async settled(topic: string): Promise<void> {
    const { directory } = this.#parts;
    await this.#lines.get(topic);
    const log = directory.find(topic)?.log;
    if (log !== undefined) await this.#idle(log);
  }

  /** Resolves when none waits. */
  idle(): Promise<void> {
    return this.#count === 0 ? Promise.resolve() : new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** It counts as waiting from the call on. */
  async #counted(write: LogWrite, holder: string, act: () => Promise<unknown>): Promise<unknown> {
    this.#refuse();
    const { pressure } = this.#parts;
    const bytes = sizeOf(write);
    this.#count += 1;
    pressure.add(holder, bytes);
    try {
      return await act();
    } finally {
      this.#count -= 1;
      if (this.#count === 0) for (const tell of this.#waiting.splice(0)) tell();
      pressure.release(new Map([[holder, bytes]]));
    }
  }

  async #write(target: WriteTarget, write: LogWrite): Promise<unknown> {
    const refusal = this.#parts.refusalOf(target.topic);
    if (refusal !== undefined) throw refusal;
    const entry = this.#lines.has(target.topic) ? undefined : this.#find(target);
    if (entry !== undefined) return this.#send(entry.log, write);
    return this.#inLine(target.topic, async () => {
      const { log } = this.#find(target) ?? (await this.#create(target));
      return { outcome: this.#send(log, write) };
    });
  }

  async #changeCatalogue(change: Change): Promise<unknown> {
    const topic = topicOf(change);
    if (topic === undefined) return this.#sendToCatalogue(change);
    return this.#inLine(topic, async () => {
      const outcome = this.#sendToCatalogue(change, topic);
      // What is called after it finds what it has made of the topic.
      await outcome.then(ignore, ignore);
      return { outcome };
    });
  }

  /** Changes of the catalogue are in it in the order of the calls; `after`: the topic whose writes come before. */
  #sendToCatalogue(change: Change, after?: string): Promise<unknown> {
    const { catalogue, directory } = this.#parts;
    return this.#inLine(CATALOGUE, async () => {
      const log = after === undefined ? undefined : directory.find(after)?.log;
      if (log !== undefined) await this.#idle(log);
      return { outcome: this.#send(catalogue, { kind: 'change', change }) };
    });
  }

  #refuse(): void {
    const refusal = this.#parts.refusal();
    if (refusal !== undefined) throw refusal;
  }

  /** Does it when what was called before it for this topic is in its log. */
  #inLine(topic: string | typeof CATALOGUE, act: () => Promise<Sent>): Promise<unknown> {
    const sent = (this.#lines.get(topic) ?? Promise.resolve()).then(act);
    const over = sent.then(ignore, ignore).then(() => {
      if (this.#lines.get(topic) === over) this.#lines.delete(topic);
    });
    this.#lines.set(topic, over);
    return sent.then(({ outcome }) => outcome);
  }

  /** The topic of a write; `undefined`: it is to be made. Throws `unknown_topic`, `wrong_topic_kind`. */
  #find({ topic, kind, createTopic }: WriteTarget): DirectoryEntry | undefined {
    const { directory } = this.#parts;
    if (createTopic === true && directory.find(topic) === undefined) return undefined;
    return directory.get(topic, kind);
  }

  async #create({ topic, kind, creator }: WriteTarget): Promise<DirectoryEntry> {
    const change = { kind: 'create_topic', topic, creator } as const;
    await this.#sendToCatalogue(change);
    return this.#parts.directory.get(topic, kind);
  }

  /** Resolves when what was called before for a log is carried out. */
  #idle(log: string): Promise<void> {
    this.#joined.flush(log);
    return this.#parts.pending.idle(log);
  }

  #send(log: string, write: LogWrite): Promise<unknown> {
    return this.#joined.send(log, write);
  }

  #put(log: string, write: LogWrite): Promise<unknown> {
    const { cluster, directory, catalogue, limits, maxWriteBytes } = this.#parts;
    if (log !== catalogue && directory.ofLog(log) === undefined) return Promise.reject(removed(write));
    const record = toRecord({ write, limits: limits() });
    if (record.value.length > maxWriteBytes) return Promise.reject(tooLarge(record.value.length, maxWriteBytes));
    const chunks = toChunks(record, cluster.maxRecordBytes);
    const size = this.#parts.isHere(log) ? undefined : countedOf(write);
    const sent = chunks.map((chunk, index) =>
      this.#putRecord(log, chunk, index === chunks.length - 1 ? size : undefined),
    );
    // What becomes of the write is told with the last of it; if that is lost, so are those before it.
    for (const chunk of sent.slice(0, -1)) chunk.catch(ignore);
    return sent.at(-1)!;
  }

  #putRecord(log: string, { key, value, headers }: SentRecord, size?: WriteSize): Promise<unknown> {
    const { cluster, pending } = this.#parts;
    const send = (number: number): void => {
      const { writer } = pending;
      cluster.send(log, { key, value, headers: [...headers, ...numberHeaders({ writer, number })] });
    };
    return pending.add(log, send, size);
  }
}

function tooLarge(bytes: number, most: number): WriterHubError {
  return new WriterHubError('message_too_large', `what is to be stored takes ${bytes} bytes, and ${most} are the most`);
}

/** It waited for others when its topic was removed. */
function removed(write: LogWrite): WriterHubError {
  const topic = write.kind === 'change' ? topicOf(write.change) : write.append.topic;
  return new WriterHubError('unknown_topic', `there is no topic "${topic}"`);
}

function ignore(): void {
  // Who called it is told.
}

function sizeOf(write: LogWrite): number {
  switch (write.kind) {
    case 'events':
    case 'package':
      return WRITE_OVERHEAD + write.append.batch.json.length;
    case 'rows':
      return WRITE_OVERHEAD + write.append.rows.json.length + write.append.quarantine.json.length;
    case 'change':
      return WRITE_OVERHEAD + textLength(write.change);
  }
}
