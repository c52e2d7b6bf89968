import { join } from 'node:path';
import Database from 'better-sqlite3';
import { WriterHubError } from '../../src/errors';
import { openStore, temporaryDirectory } from '../store/sqlite/support/open-store';
import { batchAt, idsOf, readAll } from '../store/support/batches';
import { TestHub } from '../support/test-hub';

jest.mock('../support/worker-file', () => ({
  ...jest.requireActual<object>('../support/worker-file'),
  WRITER_FILE: join(__dirname, '../store/sqlite/support/dying-writer.mjs'),
}));

/** How many writes are under way at once. */
const SENDERS = 8;

/** Numbers of what each answer was for. */
class Ledger {
  readonly accepted: number[] = [];
  readonly stored: number[] = [];
  readonly refused: number[] = [];
  #next = 0;

  /** Several senders post one after another until so many have been sent; each says how its write was answered. */
  async send(count: number, post: (number: number) => Promise<'accepted' | 'stored' | 'refused'>): Promise<void> {
    const sendOn = async (): Promise<void> => {
      while (this.#next < count) {
        const number = this.#next++;
        this[await post(number)].push(number);
      }
    };
    await Promise.all(Array.from({ length: SENDERS }, sendOn));
  }
}

/** The values of the only column of the only data source, in the order in which they are stored. */
function storedNumbers(directory: string): number[] {
  const database = new Database(join(directory, 'writer-hub.db'), { readonly: true });
  const id = database.prepare(`SELECT id FROM topics WHERE name = 'd'`).pluck().get() as number;
  const numbers = database.prepare(`SELECT c1 FROM rows_${id} ORDER BY offset`).pluck().all() as number[];
  database.close();
  return numbers;
}

const ascending = (numbers: readonly number[]): number[] => numbers.toSorted((one, other) => one - other);

describe('a writer thread that dies of three commits in ten', () => {
  it('neither loses nor repeats a row that was answered 202', async () => {
    const hub = await TestHub.start();
    const ledger = new Ledger();
    await ledger.send(400, async (number) => {
      const { status } = await hub.post('/v0/events?name=d', `{"n":${number}}`);
      if (status === 202) return 'accepted';
      expect(status).toBe(503);
      return 'refused';
    });
    expect(ledger.accepted.length).toBeGreaterThan(100);
    // Stored last: before it is taken, what was accepted before is stored.
    const last = (): Promise<Response> => hub.post('/v0/events?name=d&wait=true', '{"n":400}');
    while ((await last()).status !== 200);
    ledger.stored.push(400);
    await hub.close();
    expect(hub.log()).not.toContain('rows that were accepted');
    expect(ascending(storedNumbers(hub.hub.dataDir))).toEqual(ascending([...ledger.accepted, ...ledger.stored]));
  });

  it('stores once what its sender repeats under a key after each refusal', async () => {
    const hub = await TestHub.start();
    const ledger = new Ledger();
    await ledger.send(80, async (number) => {
      const headers = { 'idempotency-key': String(number) };
      for (;;) {
        const { status } = await hub.post('/v0/events?name=d', `{"n":${number}}`, headers);
        if (status === 202) return 'stored';
        expect(status).toBe(503);
      }
    });
    await hub.close();
    expect(ascending(storedNumbers(hub.hub.dataDir))).toEqual(ascending(ledger.stored));
    expect(ledger.stored).toHaveLength(80);
  });

  it('stores what it acknowledges, under the position it says, and nothing that it refuses', async () => {
    const store = await openStore({ directory: temporaryDirectory() });
    const positions = new Map<string, string | undefined>();
    const ledger = new Ledger();
    await ledger.send(250, async (number) => {
      try {
        const append = { topic: 't', streamId: `s${number % 5}`, batch: batchAt(number), createTopic: true };
        positions.set(String(number), (await store.log.append(append)).position);
        return 'stored';
      } catch (error) {
        expect(error).toBeInstanceOf(WriterHubError);
        return 'refused';
      }
    });
    const events = await readAll(store);
    expect(ascending(idsOf(events).map(Number))).toEqual(ascending(ledger.stored));
    expect(new Map(events.map(({ id, position }) => [id, position]))).toEqual(
      new Map(ledger.stored.map((number) => [String(number), positions.get(String(number))])),
    );
    expect(ledger.refused.length).toBeGreaterThan(0);
  });
});
