import { WriterHubError } from '../../../src/errors';
import { HubChannel, type ChannelLink, type ChannelListener } from '../../../src/store/kafka/hub-channel';
import type { LogState } from '../../../src/store/kafka/log-cluster';
import { MemoryCluster, MemoryLogs } from './support/memory-cluster';

const LOG = 'hubs';

/** What one hub is told. */
class Ear implements ChannelListener {
  readonly heard: string[] = [];
  readonly states: string[] = [];
  #told: (() => void)[] = [];

  onFrame(frame: Uint8Array): void {
    this.heard.push(Buffer.from(frame).toString());
    this.#tell();
  }

  onUp(): void {
    this.states.push('up');
    this.#tell();
  }

  onDown(reason: Error | undefined): void {
    this.states.push(`down: ${reason?.message ?? ''}`);
    this.#tell();
  }

  /** Resolves when something is so. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await new Promise<void>((resolve) => this.#told.push(resolve));
  }

  #tell(): void {
    for (const told of this.#told.splice(0)) told();
  }
}

interface Joined {
  readonly ear: Ear;
  readonly link: ChannelLink;
  readonly cluster: MemoryCluster;
  readonly channel: HubChannel;
}

describe('HubChannel', () => {
  let logs: MemoryLogs;
  let failures: unknown[];

  beforeEach(() => {
    logs = new MemoryLogs();
    failures = [];
  });

  async function join(cluster = logs.newCluster()): Promise<Joined> {
    const ear = new Ear();
    const channel = new HubChannel({ cluster, log: LOG, onFailure: (error) => failures.push(error) });
    const link = channel.connect(ear);
    await ear.until(() => ear.states.at(-1) === 'up');
    return { ear, link, cluster, channel };
  }

  it('carries frames to all who have subscribed to their name, in order, the sender too', async () => {
    const [one, two] = [await join(), await join()];
    await Promise.all([one.link.subscribe('all'), two.link.subscribe('all'), two.link.subscribe('two')]);
    for (const [name, text] of [
      ['all', 'a'],
      ['two', 'b'],
      ['three', 'c'],
      ['all', 'd'],
    ] as const)
      expect(one.link.publish(name, Buffer.from(text))).toBe(true);
    await Promise.all([
      one.ear.until(() => one.ear.heard.includes('d')),
      two.ear.until(() => two.ear.heard.includes('d')),
    ]);
    expect([one.ear.heard, two.ear.heard]).toEqual([
      ['a', 'd'],
      ['a', 'b', 'd'],
    ]);
    await two.link.unsubscribe('all');
    one.link.publish('all', Buffer.from('e'));
    one.link.publish('two', Buffer.from('f'));
    await two.ear.until(() => two.ear.heard.includes('f'));
    expect(two.ear.heard).not.toContain('e');
  });

  it('carries nothing that was said before a hub came', async () => {
    const one = await join();
    one.link.publish('all', Buffer.from('before'));
    const two = await join();
    await two.link.subscribe('all');
    one.link.publish('all', Buffer.from('after'));
    await two.ear.until(() => two.ear.heard.length > 0);
    expect(two.ear.heard).toEqual(['after']);
  });

  it('takes nothing while the cluster cannot be reached, and says when it can again', async () => {
    const { ear, link, cluster } = await join();
    await link.subscribe('all');
    cluster.tellReachable(new Error('nobody answers'));
    expect(link.publish('all', Buffer.from('lost'))).toBe(false);
    cluster.tellReachable(undefined);
    expect(link.publish('all', Buffer.from('kept'))).toBe(true);
    await ear.until(() => ear.heard.length > 0);
    expect(ear.states).toEqual(['up', 'down: nobody answers', 'up']);
    expect(ear.heard).toEqual(['kept']);
  });

  it('says that others are not heard until they are, and when they are not any more', async () => {
    const cluster = logs.newCluster();
    const unjoined = new HubChannel({ cluster, log: LOG, onFailure: (error) => failures.push(error) });
    const probe = (): void => {
      unjoined.probe();
    };
    expect(probe).toThrow(/other hubs are not heard/);
    const joined = await join();
    joined.channel.probe();
    joined.cluster.tellReachable(new Error('nobody answers'));
    expect(() => {
      joined.channel.probe();
    }).toThrow(expect.objectContaining({ code: 'store_unavailable' }) as Error);
    joined.cluster.tellReachable(undefined);
    joined.channel.probe();
  });

  it('asks again for its log until the cluster answers', async () => {
    let refusals = 1;
    class Late extends MemoryCluster {
      override ensure(log: string): Promise<LogState> {
        return refusals-- > 0 ? Promise.reject(new Error('not yet')) : super.ensure(log);
      }
    }
    const { ear, link } = await join(new Late(logs));
    expect(ear.states).toEqual(['up']);
    expect(link.publish('all', Buffer.from('a'))).toBe(true);
  });

  it('says so when its log is refused, and takes nothing', async () => {
    const refusal = new WriterHubError('invalid_query', 'it has two partitions');
    class Other extends MemoryCluster {
      override ensure(): Promise<LogState> {
        return Promise.reject(refusal);
      }
    }
    const failed = new Promise((resolve) => {
      const channel = new HubChannel({ cluster: new Other(logs), log: LOG, onFailure: resolve });
      const ear = new Ear();
      const link = channel.connect(ear);
      expect(link.publish('all', Buffer.from('a'))).toBe(false);
    });
    expect(await failed).toBe(refusal);
  });

  it('tells nothing more and takes nothing more when it is closed', async () => {
    const [one, two] = [await join(), await join()];
    await Promise.all([one.link.subscribe('all'), two.link.subscribe('all')]);
    await two.channel.close();
    expect(two.link.publish('all', Buffer.from('a'))).toBe(false);
    one.link.publish('all', Buffer.from('b'));
    await one.ear.until(() => one.ear.heard.length > 0);
    expect([one.ear.heard, two.ear.heard, two.ear.states, failures]).toEqual([['b'], [], ['up'], []]);
  });
});
