import type { Batch } from '../../../../src/store/sqlite/queue/batch';
import { BatchLanes } from '../../../../src/store/sqlite/queue/batch-lanes';

const MEBIBYTE = 1024 * 1024;

/** Writes of one byte each, but counted as if the holder had this many before the disk. */
class TestLanes {
  readonly lanes = new BatchLanes();
  readonly #contents = new Map<Batch, string[]>();

  write(holder: string, name: string, bytes = 1): void {
    const batch = this.lanes.open(holder, bytes === 1 ? 1 : 8 * MEBIBYTE);
    this.#put(batch, name, bytes);
    batch.attribute(holder, bytes);
  }

  writeBehindAll(name: string): void {
    this.#put(this.lanes.openBehindAll(), name, 1);
  }

  /** The names of the writes in each batch, in the order in which batches are handed over. */
  takeAll(): string[] {
    const taken: string[] = [];
    for (let batch = this.lanes.next(); batch !== undefined; batch = this.lanes.next()) {
      taken.push((this.#contents.get(batch) ?? []).join(' '));
    }
    return taken;
  }

  #put(batch: Batch, name: string, bytes: number): void {
    const json = Buffer.alloc(Math.min(bytes, MEBIBYTE), ' ');
    const append = { topic: 't', streamId: name, createTopic: true };
    void batch.appendEvents({ ...append, batch: { json, count: 1, minTimestamp: 0n, maxTimestamp: 0n } });
    this.#contents.set(batch, [...(this.#contents.get(batch) ?? []), name]);
  }
}

describe('BatchLanes', () => {
  it('puts the writes of all who write little into one batch', () => {
    const lanes = new TestLanes();
    for (const holder of ['a', 'b', 'c']) lanes.write(holder, holder);
    expect(lanes.takeAll()).toEqual(['a b c']);
    expect(lanes.lanes.isEmpty).toBe(true);
  });

  it('lets one who writes much take turns with all others', () => {
    const lanes = new TestLanes();
    for (let number = 1; number <= 12; number++) lanes.write('much', `m${number}`, MEBIBYTE);
    lanes.write('little', 'l');
    const [first, second, ...rest] = lanes.takeAll();
    expect([first, second]).toEqual(['m1 m2 m3 m4', 'l']);
    expect(rest.join(' ')).toBe('m5 m6 m7 m8 m9 m10 m11 m12');
  });

  it('keeps the batches of one who writes much small while others are there', () => {
    const lanes = new TestLanes();
    lanes.write('little', 'l');
    lanes.write('much', 'm0', MEBIBYTE);
    expect(lanes.takeAll()).toEqual(['l', 'm0']);
    for (let number = 1; number <= 3; number++) lanes.write('much', `m${number}`, MEBIBYTE);
    expect(lanes.takeAll()).toEqual(['m1', 'm2', 'm3']);
  });

  it('does not take the first small write of one who writes much for somebody else', () => {
    const lanes = new TestLanes();
    lanes.write('much', 'm0');
    lanes.write('much', 'm1', MEBIBYTE);
    expect(lanes.takeAll()).toEqual(['m0', 'm1']);
    for (let number = 2; number <= 5; number++) lanes.write('much', `m${number}`, MEBIBYTE);
    expect(lanes.takeAll()).toEqual(['m2 m3 m4 m5']);
  });

  it('keeps the order of one holder, whose writes were few before they were many', () => {
    const lanes = new TestLanes();
    lanes.write('other', 'o1');
    lanes.write('much', 'm1');
    lanes.write('much', 'm2', MEBIBYTE);
    lanes.write('other', 'o2');
    lanes.write('much', 'm3', MEBIBYTE);
    const order = lanes.takeAll().join(' ').split(' ');
    expect(order.filter((name) => name.startsWith('m'))).toEqual(['m1', 'm2', 'm3']);
    expect(order.filter((name) => name.startsWith('o'))).toEqual(['o1', 'o2']);
  });

  it('has what goes behind all behind all, and before all that come', () => {
    const lanes = new TestLanes();
    lanes.write('much', 'm1', MEBIBYTE);
    lanes.write('little', 'l1');
    lanes.writeBehindAll('change');
    lanes.write('little', 'l2');
    lanes.write('much', 'm2', MEBIBYTE);
    const order = lanes.takeAll().join(' ').split(' ');
    expect(order.indexOf('change')).toBe(2);
    expect(new Set(order.slice(3))).toEqual(new Set(['l2', 'm2']));
  });
});
