import type {
  MergedBlocks,
  PackedPackages,
  Replaced,
  SmallBlocks,
} from '../../../../src/store/sqlite/channel/packing-messages';
import { Packing, type PackingParts } from '../../../../src/store/sqlite/queue/packing';

const PACKED: PackedPackages = {
  ...{ kind: 'packages', topic: 1, generation: 0, packedOffset: 0 },
  ...{ first: 1, last: 2, count: 2, characters: 20, packed: new Uint8Array(3), series: [] },
};

const SMALL: SmallBlocks = { series: 7, kind: 'numeric', level: 1 };

const MERGED: MergedBlocks = { kind: 'blocks', of: SMALL, old: [], blocks: [] };

const DONE: Replaced = { due: [], bytes: 3, milliseconds: 1 };

const MANY = { packages: 1000, bytes: 1000 };

/** Packing that waits ten seconds for more, and what was asked of its parts, in order. */
function setUp(answers: Partial<PackingParts> = {}): { readonly asked: string[]; readonly packing: Packing } {
  const asked: string[] = [];
  const parts: PackingParts = {
    pack: (topic) => {
      asked.push(`pack ${topic}`);
      return answers.pack?.(topic) ?? Promise.resolve(PACKED);
    },
    merge: (of) => {
      asked.push(`merge ${of.series}`);
      return answers.merge?.(of) ?? Promise.resolve(MERGED);
    },
    replace: (made) => {
      asked.push(`replace ${made.kind}`);
      return answers.replace?.(made) ?? Promise.resolve(DONE);
    },
  };
  return { asked, packing: new Packing(parts, 10_000) };
}

const committed = (topic: number, added: { packages: number; bytes: number }, milliseconds = 0) => ({
  milliseconds,
  packages: [{ topic, ...added }],
});

describe('Packing', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('does nothing while there are no packages', async () => {
    const { asked, packing } = setUp();
    packing.committed({ milliseconds: 5 });
    await jest.advanceTimersByTimeAsync(60_000);
    expect(asked).toEqual([]);
  });

  it('packs what waited long enough, and looks now and then whether there is much by now', async () => {
    const { asked, packing } = setUp({ pack: () => Promise.resolve(undefined) });
    packing.committed(committed(1, { packages: 1, bytes: 10 }));
    await jest.advanceTimersByTimeAsync(9_900);
    expect(asked).toEqual([]);
    await jest.advanceTimersByTimeAsync(200);
    expect(asked).toEqual(['pack 1']);
    packing.committed(committed(2, { packages: 1, bytes: 10 }));
    await jest.advanceTimersByTimeAsync(1_000);
    packing.committed(committed(2, MANY));
    await jest.advanceTimersByTimeAsync(500);
    expect(asked).toEqual(['pack 1', 'pack 2']);
  });

  it('goes on until a topic has no more, and puts small blocks together first', async () => {
    const left: (PackedPackages | undefined)[] = [PACKED, PACKED, undefined];
    const due = [[SMALL], [], []];
    const { asked, packing } = setUp({
      pack: () => Promise.resolve(left.shift()),
      replace: () => Promise.resolve({ ...DONE, due: due.shift() ?? [] }),
    });
    packing.addOld([1]);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(asked).toEqual([
      ...['pack 1', 'replace packages', 'merge 7', 'replace blocks'],
      ...['pack 1', 'replace packages', 'pack 1'],
    ]);
  });

  it('packs what came while it was found that there is no more', async () => {
    let answer: (packed: PackedPackages | undefined) => void = () => undefined;
    const { asked, packing } = setUp({ pack: () => new Promise((resolve) => (answer = resolve)) });
    packing.committed(committed(1, MANY));
    await jest.advanceTimersByTimeAsync(10);
    expect(asked).toEqual(['pack 1']);
    packing.committed(committed(1, MANY));
    answer(undefined);
    await jest.advanceTimersByTimeAsync(10);
    expect(asked).toEqual(['pack 1', 'pack 1']);
    answer(undefined);
    await jest.advanceTimersByTimeAsync(10);
    expect(asked).toEqual(['pack 1', 'pack 1']);
  });

  it('tries again a little later when what was packed is not there any more', async () => {
    const { asked, packing } = setUp({ replace: () => Promise.resolve(undefined) });
    packing.addOld([1]);
    await jest.advanceTimersByTimeAsync(100);
    expect(asked).toEqual(['pack 1', 'replace packages']);
    await jest.advanceTimersByTimeAsync(200);
    expect(asked).toEqual(['pack 1', 'replace packages', 'pack 1', 'replace packages']);
    await packing.stop();
  });

  it.each([
    ['all of the time', 100, 0, 800],
    ['half of it', 50, 0, 400],
    ['a quarter of it', 25, 0, 0],
    ['a quarter of it, and the writer was kept for long', 25, 40, 1000],
    ['an eighth of it, and the writer was kept for long', 12.5, 40, 500],
    ['none of it', 0, 40, 0],
  ])('rests after its work by how much of the time commits took: %s', async (_, committing, milliseconds, rest) => {
    const { asked, packing } = setUp({
      replace: () => Promise.resolve({ ...DONE, milliseconds }),
      pack: async () => {
        await new Promise((resolve) => setTimeout(resolve, 100));
        return PACKED;
      },
    });
    packing.committed(committed(1, MANY, committing));
    await jest.advanceTimersByTimeAsync(100);
    expect(asked).toEqual(['pack 1', 'replace packages']);
    await jest.advanceTimersByTimeAsync(Math.max(5, rest - 10));
    expect(asked).toHaveLength(rest === 0 ? 3 : 2);
    await jest.advanceTimersByTimeAsync(20);
    expect(asked).toHaveLength(3);
    const stopped = packing.stop();
    await jest.advanceTimersByTimeAsync(100);
    await stopped;
  });

  it('tries again later when it fails', async () => {
    const { asked, packing } = setUp({ replace: () => Promise.reject(new Error('the disk is full')) });
    packing.addOld([1]);
    await jest.advanceTimersByTimeAsync(9_000);
    expect(asked).toEqual(['pack 1', 'replace packages']);
    await jest.advanceTimersByTimeAsync(2_000);
    expect(asked).toHaveLength(4);
    await packing.stop();
  });

  it('begins nothing once it is stopped, which waits for what is under way', async () => {
    let done: (packed: PackedPackages) => void = () => undefined;
    const { asked, packing } = setUp({ pack: () => new Promise((resolve) => (done = resolve)) });
    packing.addOld([1, 2]);
    await jest.advanceTimersByTimeAsync(10);
    const stopped = packing.stop();
    done(PACKED);
    await stopped;
    packing.committed(committed(3, MANY));
    await jest.advanceTimersByTimeAsync(60_000);
    expect(asked).toEqual(['pack 1']);
  });
});
