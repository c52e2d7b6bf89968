import { lacksScope, WriterHubError } from '../errors';
import type { Store } from '../store/contract/store';
import { checkStreamId, checkTopicName } from './names';
import { parseRetentionSetting } from './retention-setting';

/** What the caller may do with topics as a whole. */
export interface OwnerAccess {
  /** Whether what a topic holds, and the topic itself, may be removed. */
  mayDrop(topic: string): boolean;
}

/** How long a topic is to keep what it holds, as it came. */
export interface PostedRetention {
  readonly topic: unknown;
  /** Parsed JSON. */
  readonly body: unknown;
  /** Whether the topic may lose everything at once. */
  readonly confirmed: boolean;
  /** Whose turn at the disk it takes. */
  readonly holder?: string;
}

/** Removes topics and streams, and what is old in them. What its promises stand for has been committed and synced. */
export class TopicService {
  #stopping = false;
  readonly #store: Pick<Store, 'log'>;

  constructor(store: Pick<Store, 'log'>) {
    this.#store = store;
  }

  /** Throws what every change to a topic would throw, so that no body is received in vain. */
  checkOwner(access: OwnerAccess, topic: unknown): void {
    this.#topic(access, topic);
  }

  /** Removes a topic of events. Throws, or rejects with, `forbidden`, `unknown_topic`, `wrong_topic_kind`. */
  async removeTopic(access: OwnerAccess, topic: unknown, holder?: string): Promise<void> {
    await this.#store.log.removeTopic(this.#topic(access, topic), holder);
  }

  /** Removes a stream. Rejects as `removeTopic`, and with `unknown_stream`. */
  async removeStream(
    access: OwnerAccess,
    { topic, streamId }: { readonly topic: unknown; readonly streamId: unknown },
    holder?: string,
  ): Promise<void> {
    const name = this.#topic(access, topic);
    await this.#store.log.removeStream(name, checkStreamId(streamId), holder);
  }

  /** Says how long a topic of either kind keeps what it holds. Rejects with `confirmation_required`. */
  async setRetention(access: OwnerAccess, { topic, body, confirmed, holder }: PostedRetention): Promise<void> {
    const name = this.#topic(access, topic);
    await this.#store.log.setRetention({ topic: name, ...parseRetentionSetting(body), confirmed }, holder);
  }

  /** Refuses everything from now on with `shutting_down`. */
  stop(): void {
    this.#stopping = true;
  }

  #topic(access: OwnerAccess, topic: unknown): string {
    if (this.#stopping) throw new WriterHubError('shutting_down', 'the server is stopping; try again in a moment');
    const name = checkTopicName(topic);
    if (access.mayDrop(name)) return name;
    throw lacksScope(`drop:${name}`);
  }
}
