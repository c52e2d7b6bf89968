import type { Batch } from '../../../../src/store/sqlite/queue/batch';
import { LongAppend } from '../../../../src/store/sqlite/queue/long-append';
import { BatchLanes } from '../../../../src/store/sqlite/queue/batch-lanes';

const MEBIBYTE = 1024 * 1024;

/** Writes of one byte each, but counted as if the holder had this many before the disk. */
class TestLanes {
  readonly lanes = new BatchLanes();
  readonly #contents = new Map<Batch, string[]>();

  write(holder: string, name: string, bytes = 1): void {
    this.writeTo('t', holder, name, bytes);
  }

  writeTo(topic: string, holder: string, name: string, bytes = 1): void {
    const batch = this.lanes.open({ holder, bytes: bytes === 1 ? 1 : 8 * MEBIBYTE, steps: 0, topic });
    this.#put(batch, name, bytes, topic);
    batch.attribute(holder, bytes);
  }

  /** A long append of so many parts, which are called by its name and their numbers. */
  writeLong(topic: string, holder: string, name: string, parts: number): LongAppend<unknown> {
    const whole = new LongAppend<unknown>(topic, { records: parts, bytes: parts }, () => false);
    for (let index = 0; index < parts; index++) {
      const batch = this.lanes.openPart(holder, { whole, index, isLast: index === parts - 1 });
      this.#put(batch, `${name}${index + 1}`, 1, topic);
      batch.attribute(holder, 1);
    }
    return whole;
  }

  /** A change of a whole topic. */
  change(topic: string, holder: string, name: string): void {
    this.#put(this.lanes.openBehind(topic, { holder, bytes: 0, steps: 0, topic }), name, 1, topic);
  }

  /** A write of a holder that has so many steps before the disk. */
  writeSteps(holder: string, name: string, steps: number): void {
    this.#put(this.lanes.open({ holder, bytes: 1, steps, topic: name }), name, 1, name);
  }

  /** The names of the writes in the next so many batches. */
  take(count: number): string[] {
    return Array.from({ length: count }, () => (this.#contents.get(this.lanes.next()!) ?? []).join(' '));
  }

  /** The names of the writes in each batch, in the order in which batches are handed over. */
  takeAll(): string[] {
    const taken: string[] = [];
    for (let batch = this.lanes.next(); batch !== undefined; batch = this.lanes.next()) {
      taken.push((this.#contents.get(batch) ?? []).join(' '));
    }
    return taken;
  }

  #put(batch: Batch, name: string, bytes: number, topic = 't'): void {
    const json = Buffer.alloc(Math.min(bytes, MEBIBYTE), ' ');
    const append = { topic, streamId: name, createTopic: true };
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

  it('lets one whose writes are few bytes but much work take turns with all others', () => {
    const lanes = new TestLanes();
    for (let number = 1; number <= 4; number++) lanes.writeSteps('much', `m${number}`, 250);
    lanes.write('little', 'l');
    expect(lanes.take(2)).toEqual(['m1 m2 m3 m4', 'l']);
  });
});

describe('BatchLanes with a change of a whole topic', () => {
  it('puts it with the writes of all when nothing waits that is about the topic', () => {
    const lanes = new TestLanes();
    lanes.writeTo('x', 'one', 'a');
    lanes.change('y', 'two', 'change');
    expect(lanes.takeAll()).toEqual(['a change']);
  });

  it('has it go behind what waits for the topic, whoever wrote it, and its holder behind it', () => {
    const lanes = new TestLanes();
    lanes.writeTo('x', 'much', 'm1', MEBIBYTE);
    lanes.writeTo('x', 'much', 'm2', MEBIBYTE);
    lanes.writeTo('x', 'little', 'l');
    lanes.change('x', 'changer', 'change');
    lanes.writeTo('z', 'changer', 'after');
    const order = lanes.takeAll().join(' ').split(' ');
    expect(order.slice(-2)).toEqual(['change', 'after']);
  });

  it('has nobody else wait for it', () => {
    const lanes = new TestLanes();
    for (let number = 1; number <= 12; number++) lanes.writeTo('x', 'much', `m${number}`, MEBIBYTE);
    lanes.change('x', 'changer', 'change');
    lanes.writeTo('y', 'little', 'l');
    const order = lanes.takeAll();
    expect(order.indexOf('l')).toBeLessThan(2);
    expect(order.at(-1)).toBe('change');
  });

  it('comes to an end when changes wait for each other\u2019s holders', () => {
    const lanes = new TestLanes();
    lanes.writeTo('x', 'one', 'x1', MEBIBYTE);
    lanes.writeTo('y', 'two', 'y1', MEBIBYTE);
    lanes.change('y', 'one', 'change of y');
    lanes.change('x', 'two', 'change of x');
    lanes.change('x', 'one', 'second of x');
    const order = lanes.takeAll();
    expect(order.slice(0, 2)).toEqual(['x1', 'y1']);
    expect(order.indexOf('second of x')).toBeGreaterThan(order.indexOf('change of x'));
    expect(lanes.lanes.isEmpty).toBe(true);
  });
});

describe('BatchLanes with a long append', () => {
  it('lets others between its parts, and what its holder writes next behind it', () => {
    const lanes = new TestLanes();
    lanes.writeTo('x', 'long', 'a');
    lanes.writeLong('x', 'long', 'p', 4);
    lanes.writeTo('x', 'long', 'b');
    expect(lanes.take(2)).toEqual(['a', 'p1']);
    lanes.writeTo('y', 'other', 'o');
    expect(lanes.takeAll()).toEqual(['o', 'p2', 'p3', 'p4', 'b']);
  });

  it('has what others write to its topic after its turn has come go behind it, and what they write next behind that', () => {
    const lanes = new TestLanes();
    lanes.writeLong('x', 'long', 'p', 3);
    expect(lanes.take(1)).toEqual(['p1']);
    lanes.writeTo('x', 'other', 'o1');
    lanes.writeTo('y', 'other', 'o2');
    lanes.writeTo('y', 'third', 't');
    const order = lanes.takeAll();
    expect(order.indexOf('o1 o2')).toBeGreaterThan(order.indexOf('p3'));
    expect(order.indexOf('t')).toBeLessThan(order.indexOf('p3'));
    expect(lanes.lanes.isEmpty).toBe(true);
  });

  it('waits for what others have written to its topic before its turn, and for no more of it', () => {
    const lanes = new TestLanes();
    lanes.writeLong('x', 'long', 'p', 2);
    lanes.writeTo('x', 'other', 'x1');
    // Its turn comes, and it lets the batch go first in which its topic is.
    expect(lanes.take(1)).toEqual(['x1']);
    lanes.writeTo('x', 'other', 'x2');
    lanes.writeTo('y', 'third', 'y2');
    const order = lanes.takeAll();
    expect(order.indexOf('x2')).toBeGreaterThan(order.indexOf('p2'));
  });

  it('takes turns with another one to the same topic, one whole after the other', () => {
    const lanes = new TestLanes();
    lanes.writeLong('x', 'one', 'p', 3);
    lanes.writeLong('x', 'two', 'q', 3);
    lanes.writeLong('y', 'three', 'r', 3);
    const order = lanes.takeAll().join(' ');
    expect(order.replaceAll(/r\d ?/g, '').trim()).toBe('p1 p2 p3 q1 q2 q3');
    expect(order.indexOf('r1')).toBeLessThan(order.indexOf('p3'));
  });

  it('has a change of its topic go behind all its parts and what waits for them', () => {
    const lanes = new TestLanes();
    lanes.writeLong('x', 'long', 'p', 3);
    lanes.take(1);
    lanes.writeTo('x', 'other', 'o');
    lanes.change('x', 'third', 'change');
    lanes.writeTo('x', 'other', 'o2');
    const order = lanes.takeAll();
    expect(order.slice(0, 2)).toEqual(['p2', 'p3']);
    expect(order.indexOf('change')).toBeGreaterThan(order.findIndex((names) => names.startsWith('o')));
  });

  it('has writes of nobody go behind its parts, which are nobody\u2019s too', () => {
    const lanes = new TestLanes();
    lanes.writeTo('y', '', 'a');
    lanes.writeLong('x', '', 'p', 2);
    lanes.writeTo('y', '', 'b');
    expect(lanes.takeAll()).toEqual(['a', 'p1', 'p2', 'b']);
  });
});
