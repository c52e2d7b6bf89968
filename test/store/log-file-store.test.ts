import { appendFileSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import type { ColumnStorage } from '../../src/store/contract/row-store';
import { LogFileStore } from '../support/log-file-store';
import { temporaryDirectory } from '../support/temporary-directory';
import { describeStore, type StorePlace } from './store-contract';
import { batchAt, idsOf, readAll, send } from './support/batches';
import { plain, type Quarantined } from './support/rows';

/** The value that a JSON text is kept as in a column, of an array or object the text itself. */
function valueOf(text: string, storage: ColumnStorage | undefined): unknown {
  if (text.startsWith('[') || text.startsWith('{')) return text;
  return storage !== 'real' && /^-?\d+$/.test(text) ? plain(BigInt(text)) : (JSON.parse(text) as unknown);
}

function quarantinedOf(text: string): Quarantined {
  const [raw, columns, reasons, originals] = JSON.parse(text) as [string, string[], string[], (string | null)[]];
  return { raw: Buffer.from(raw, 'base64'), columns, reasons, originals };
}

describe('LogFileStore', () => {
  const newPlace = (): StorePlace => {
    const directory = temporaryDirectory();
    let store: LogFileStore;
    return {
      capabilities: {
        ...{ survivesReopening: true, contiguousOffsets: false, exactLimits: true, refusedLeaveNoTopic: true },
      },
      open: (limits) => Promise.resolve((store = new LogFileStore(directory, limits))),
      contents: (name) => {
        const { rows, quarantine, storages } = store.contents(name);
        return {
          rows: rows.map(([position, ...texts]) => [
            position,
            ...texts.map((text, index) => valueOf(text, storages[index - 1])),
          ]),
          quarantine: [...quarantine.values()].map(quarantinedOf),
        };
      },
      obstruct: () => {
        const elsewhere = `${directory}.elsewhere`;
        renameSync(directory, elsewhere);
        return () => {
          renameSync(elsewhere, directory);
        };
      },
    };
  };
  describeStore(newPlace);

  it('has a line of JSON for each write, and does without one that is half-written', async () => {
    const directory = temporaryDirectory();
    const store = new LogFileStore(directory);
    await Promise.all([send(store, 's', batchAt(1)), send(store, 's', batchAt(2))]);
    await store.close();
    const file = join(directory, 'log.jsonl');
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toHaveLength(2);
    appendFileSync(file, lines[0]!.slice(0, -5));
    const again = new LogFileStore(directory);
    await send(again, 's', batchAt(3));
    await again.close();
    expect(idsOf(await readAll(new LogFileStore(directory)))).toEqual(['1', '2', '3']);
  });
});
