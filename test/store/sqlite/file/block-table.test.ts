import Database from 'better-sqlite3';
import { makeBlocks } from '../../../../src/store/samples/block';
import { RunningSummary } from '../../../../src/store/samples/running-summary';
import { SummedBlocks } from '../../../../src/store/samples/summed-blocks';
import { BlockTable } from '../../../../src/store/sqlite/file/block-table';
import { migrate } from '../../../../src/store/sqlite/file/schema';
import { BlockWriter } from '../../../../src/store/sqlite/writer/block-writer';
import { listOf } from '../../samples/support/samples';

const ALWAYS = { least: -(2n ** 63n), greatest: 2n ** 63n - 1n };

describe('BlockTable', () => {
  it('gives what very many blocks of a series come to, in order of time and of their ids, each once', () => {
    const database = new Database(':memory:');
    migrate(database);
    const writer = new BlockWriter(database);
    // Several of each time, so that a part ends between two of them wherever it does.
    const times = Array.from({ length: 9000 }, (_, index) => BigInt(Math.floor(index / 7)) - 600n);
    database.transaction(() => {
      for (const [index, timestamp] of times.entries()) {
        const sample = { timestamp, offset: 1, index: 0, tags: '', text: String(index) };
        for (const block of makeBlocks('numeric', listOf([sample]))) writer.insert(1, block, 0);
        if (index % 100 === 0) for (const other of makeBlocks('numeric', listOf([sample]))) writer.insert(2, other, 0);
      }
    })();
    const found: [time: bigint, text: string | undefined][] = [];
    for (const some of new BlockTable(database).summed(1, ALWAYS)) {
      for (const block = new SummedBlocks(some); block.next();) {
        const sums = new RunningSummary();
        block.addTo(sums);
        found.push([block.base, sums.summary.first.text]);
      }
    }
    expect(found).toEqual(times.map((time, index) => [time, String(index)]));
    expect([...new BlockTable(database).summed(1, { least: 1n, greatest: 0n })]).toEqual([]);
    expect([...new BlockTable(database).summed(3, ALWAYS)]).toEqual([]);
  });
});
