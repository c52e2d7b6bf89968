import { Readable } from 'node:stream';
import { ReadableStream } from 'node:stream/web';
import { defineHub, streamMethod, type StreamObserver } from '../../../src/signalr';
import { connectOver, TRANSPORTS } from '../support/any-transport';
import { FakeClock } from '../support/fake-clock';
import { useHubs } from '../support/hub-servers';

const hubs = useHubs();

/** Counts what happens, and resolves when it has happened often enough. */
class Tally {
  readonly counts: Record<string, number> = {};
  readonly #waiting: { name: string; times: number; resolve: () => void }[] = [];

  count(name: string): void {
    this.counts[name] = (this.counts[name] ?? 0) + 1;
    for (const { name: awaited, times, resolve } of this.#waiting) {
      if (this.counts[awaited] === times) resolve();
    }
  }

  until(name: string, times: number): Promise<void> {
    if ((this.counts[name] ?? 0) >= times) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ name, times, resolve }));
  }
}

/** A hub with a stream of each kind, which tells when it has begun and when it has cleaned up. */
function makeHub(tally: Tally) {
  const items = async function* (): AsyncGenerator<number> {
    tally.count('begun');
    try {
      await Promise.resolve();
      yield 1;
      yield 2;
    } finally {
      tally.count('ended');
    }
  };
  const iterator = {
    next(): Promise<IteratorResult<number>> {
      tally.count('begun');
      return Promise.resolve({ done: false, value: 1 });
    },
    return(): Promise<IteratorResult<number>> {
      tally.count('ended');
      return Promise.resolve({ done: true, value: undefined });
    },
  };
  return defineHub({
    Generator: streamMethod([], items),
    GeneratorLater: streamMethod([], async () => {
      await Promise.resolve();
      return items();
    }),
    PlainGenerator: streamMethod([], function* () {
      tally.count('begun');
      try {
        for (;;) yield 1;
      } finally {
        tally.count('ended');
      }
    }),
    WaitsForSignal: streamMethod([], async function* ({ signal }) {
      tally.count('begun');
      try {
        if (!signal.aborted) {
          await new Promise((resolve) => {
            signal.addEventListener('abort', resolve);
          });
        }
        yield 1;
      } finally {
        tally.count('ended');
      }
    }),
    Iterable: streamMethod([], () => ({ [Symbol.asyncIterator]: () => iterator })),
    WebStream: streamMethod(
      [],
      () =>
        new ReadableStream<number>({
          start: () => {
            tally.count('begun');
          },
          pull: (controller) => {
            controller.enqueue(1);
          },
          cancel: () => {
            tally.count('ended');
          },
        }) as AsyncIterable<number>,
    ),
    NodeStream: streamMethod([], () => {
      const stream = Readable.from(items());
      stream.on('close', () => {
        tally.count('closed');
      });
      return stream;
    }),
    Observable: streamMethod([], () => ({
      subscribe(observer: StreamObserver) {
        tally.count('begun');
        observer.next(1);
        return () => {
          tally.count('ended');
        };
      },
    })),
  });
}

const KINDS = [
  'Generator',
  'GeneratorLater',
  'PlainGenerator',
  'WaitsForSignal',
  'Iterable',
  'WebStream',
  'NodeStream',
  'Observable',
];
const TIMES = 100;

describe.each(TRANSPORTS)('a stream over %s', (transport) => {
  it.each(KINDS)('begins and cleans up although its client cancels in the same piece: %s', async (target) => {
    const tally = new Tally();
    const hub = await hubs.run(makeHub(tally), { clock: new FakeClock(), maximumStreamsPerConnection: 1000 });
    const client = await connectOver(transport, hub as never);
    const records: string[] = [];
    for (let i = 0; i < TIMES; i++) {
      records.push(JSON.stringify({ type: 4, invocationId: `${i}`, target, arguments: [] }));
      records.push(JSON.stringify({ type: 5, invocationId: `${i}` }));
    }
    await client.send(...records);
    await tally.until('ended', TIMES);
    expect(tally.counts).toMatchObject({ begun: TIMES, ended: TIMES });
    // Each is completed once, and nothing comes behind its completion.
    for (let i = 0; i < TIMES; i++) expect(await client.next()).toBe(`{"type":3,"invocationId":"${i}"}`);
    await client.send('{"type":1,"invocationId":"after","target":"Nothing","arguments":[]}');
    expect(await client.next()).toContain('"invocationId":"after"');
  });

  it.each(KINDS)('begins and cleans up although its client leaves at once: %s', async (target) => {
    const tally = new Tally();
    const hub = await hubs.run(makeHub(tally), { clock: new FakeClock() });
    const client = await connectOver(transport, hub as never);
    await client.sendAndLeave(JSON.stringify({ type: 4, invocationId: '1', target, arguments: [] }));
    await tally.until('ended', 1);
    expect(tally.counts).toMatchObject({ begun: expect.any(Number) as number, ended: 1 });
  });
});
