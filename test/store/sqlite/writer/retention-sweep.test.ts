import { BacklogCount } from '../../../../src/store/sqlite/reader/backlog-count';
import { batchAt } from '../../support/batches';
import { failedRow, quarantineOf, values } from '../../support/rows';
import { closeWriters, openWriter, sweepAll, type TestWriter } from '../support/test-writer';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = 1_700_000_000_000;

beforeEach(() => {
  jest.useFakeTimers({ now: START, doNotFake: ['performance'] });
});

afterEach(() => {
  closeWriters();
  jest.useRealTimers();
});

/** Appends an event to topic `t`, or another, at a time after the start. */
function append(writer: TestWriter, time: number, topic = 't', ...timestamps: number[]): void {
  jest.setSystemTime(START + time);
  writer.commit((batch) => {
    const events = batchAt(...(timestamps.length === 0 ? [time] : timestamps));
    void batch.appendEvents({ topic, streamId: 's', batch: events, createTopic: true });
  });
}

function timestamps(writer: TestWriter, table = 'events_1'): unknown[] {
  return writer.database.prepare(`SELECT timestamp FROM ${table} ORDER BY offset`).pluck().all();
}

function sweepAt(writer: TestWriter, time: number): void {
  jest.setSystemTime(START + time);
  sweepAll(writer.newSweeper());
}

describe('the sweep by age', () => {
  it('removes what was stored so long ago, and nothing younger', () => {
    const writer = openWriter({ age: HOUR });
    for (const time of [0, MINUTE, 2 * MINUTE, 30 * MINUTE]) append(writer, time);
    sweepAt(writer, HOUR - 1);
    expect(timestamps(writer)).toHaveLength(4);
    sweepAt(writer, HOUR);
    expect(timestamps(writer)).toEqual([MINUTE, 2 * MINUTE, 30 * MINUTE]);
    sweepAt(writer, HOUR + 2 * MINUTE);
    expect(timestamps(writer)).toEqual([30 * MINUTE]);
    sweepAt(writer, HOUR + 30 * MINUTE);
    expect(timestamps(writer)).toEqual([]);
    expect([writer.ofTopic('event_count'), writer.ofTopic('first_offset'), writer.count('marks')]).toEqual([0, 5, 0]);
  });

  it('keeps what was stored within a minute together, until the last of it is old', () => {
    const writer = openWriter({ age: HOUR });
    for (const time of [0, 10_000, 59_000, 60_000]) append(writer, time);
    sweepAt(writer, HOUR + 58_999);
    expect(timestamps(writer)).toHaveLength(4);
    sweepAt(writer, HOUR + 59_000);
    expect(timestamps(writer)).toEqual([60_000]);
  });

  it('leaves a mark a minute, however many commits there are, also across openings', () => {
    const writer = openWriter();
    for (let second = 0; second < 300; second++) {
      append(writer, second * 1000);
      if (second % 7 === 0) writer.reopen();
    }
    expect(writer.count('marks')).toBe(4);
  });

  it('looks at no timestamp of an event', () => {
    const writer = openWriter({ age: HOUR });
    append(writer, 0, 't', 1, 2, 3);
    sweepAt(writer, HOUR - 1);
    expect(timestamps(writer)).toEqual([1, 2, 3]);
  });

  it('goes by what is set for the topic before the default, either way', () => {
    const writer = openWriter({ age: HOUR });
    for (const topic of ['default', 'longer', 'ever', 'shorter']) append(writer, 0, topic);
    const set = (topic: string, age: number): void => {
      writer.commit((batch) => void batch.change({ kind: 'set_retention', topic, age, confirmed: false }));
    };
    set('longer', 2 * HOUR);
    set('ever', 0);
    set('shorter', MINUTE);
    const left = (): unknown[] =>
      ['default', 'longer', 'ever', 'shorter'].map((topic) => writer.ofTopic('event_count', topic));
    sweepAt(writer, MINUTE);
    expect(left()).toEqual([1, 1, 1, 0]);
    sweepAt(writer, HOUR);
    expect(left()).toEqual([0, 1, 1, 0]);
    sweepAt(writer, 100 * HOUR);
    expect(left()).toEqual([0, 0, 1, 0]);
  });

  it('asks before all would go, and not when something is younger', () => {
    const writer = openWriter();
    append(writer, 0, 't', 1, 2);
    jest.setSystemTime(START + HOUR);
    const set = (age: number) =>
      writer.try((batch) => {
        batch.change({ kind: 'set_retention', topic: 't', age, confirmed: false }).catch(() => undefined);
      }).failedChanges;
    expect(set(HOUR)).toMatchObject([
      {
        failure: {
          code: 'confirmation_required',
          message: '"t" would keep none of its 2 events; confirm that this is meant',
        },
      },
    ]);
    expect(writer.ofTopic('retention_age')).toBeNull();
    expect(set(HOUR + 1)).toEqual([]);
    append(writer, HOUR);
    expect(set(MINUTE)).toEqual([]);
  });

  it('does not remove in a hurry when the clock is set back', () => {
    const writer = openWriter({ age: HOUR });
    append(writer, 10 * HOUR);
    append(writer, 0);
    append(writer, 2 * MINUTE);
    sweepAt(writer, HOUR + 2 * MINUTE);
    expect(timestamps(writer)).toEqual([]);
  });

  it('removes the rows of a data source, which goes on counting from there', () => {
    const writer = openWriter({ age: HOUR });
    writer.createSource();
    const addRow = (time: number): void => {
      jest.setSystemTime(START + time);
      const append = { topic: 'd', schemaVersion: '1.0', quarantine: quarantineOf() };
      writer.commit((batch) => void batch.appendRows({ ...append, rows: values(time) }));
    };
    for (const time of [0, MINUTE, 2 * MINUTE]) addRow(time);
    sweepAt(writer, HOUR + MINUTE);
    addRow(HOUR + 2 * MINUTE);
    expect(writer.database.prepare('SELECT c1 FROM rows_1').pluck().all()).toEqual([2 * MINUTE, HOUR + 2 * MINUTE]);
    expect(writer.ofTopic('row_count', 'd')).toBe(2);
    expect(writer.ofTopic('first_offset', 'd')).toBe(3);
  });

  it('removes quarantined rows of that age, also where there are no rows, and counts them', () => {
    const writer = openWriter({ age: HOUR });
    writer.createSource();
    const quarantine = (time: number, count: number): void => {
      jest.setSystemTime(START + time);
      const append = { topic: 'd', schemaVersion: '1.0', rows: values() };
      const misfits = quarantineOf(...Array.from({ length: count }, (_, index) => failedRow(`row ${time} ${index}`)));
      writer.commit((batch) => void batch.appendRows({ ...append, quarantine: misfits }));
    };
    const counts = () => [writer.count('quarantine_1'), writer.ofTopic('quarantine_count', 'd')];
    // A reader that stood before what is gone is told so.
    const front = () => writer.ofTopic('first_quarantine_offset', 'd');
    quarantine(0, 250);
    quarantine(MINUTE, 3);
    sweepAt(writer, HOUR - 1);
    expect(counts()).toEqual([253, 253]);
    sweepAt(writer, HOUR);
    expect(counts()).toEqual([3, 3]);
    expect(front()).toBe(251);
    quarantine(HOUR, 2);
    expect(counts()).toEqual([5, 5]);
    sweepAt(writer, 3 * HOUR);
    expect(counts()).toEqual([0, 0]);
    expect(writer.ofTopic('next_quarantine_offset', 'd')).toBe(256);
  });

  it('leaves quarantined rows alone that are kept for ever, whatever the bytes', () => {
    const writer = openWriter({ bytes: 1 });
    writer.createSource();
    const append = {
      topic: 'd',
      schemaVersion: '1.0',
      rows: values(),
      quarantine: quarantineOf(failedRow('a'), failedRow('b')),
    };
    writer.commit((batch) => void batch.appendRows(append));
    sweepAt(writer, 1000 * HOUR);
    expect(writer.count('quarantine_1')).toBe(2);
  });
});

describe('what is still to be deleted', () => {
  /** Events and rows that can go, and what was removed, as the reader counts it. */
  const measure = (writer: TestWriter, retention: { age: number; bytes: number }, time: number) =>
    new BacklogCount(writer.database, retention).measure(START + time);

  it('counts by age what every mark before says, and what is left of it after each step of the sweep', () => {
    const retention = { age: HOUR, bytes: 0 };
    const writer = openWriter(retention);
    for (let minute = 0; minute < 10; minute++) append(writer, minute * MINUTE, 't', 1, 2, 3);
    expect(measure(writer, retention, HOUR - 1).records).toBe(0);
    expect(measure(writer, retention, HOUR + 4 * MINUTE)).toEqual({ topics: 1, removals: 0, records: 15 });
    expect(measure(writer, retention, 2 * HOUR).records).toBe(30);
    sweepAt(writer, HOUR + 4 * MINUTE);
    expect(measure(writer, retention, HOUR + 4 * MINUTE).records).toBe(0);
  });

  it('counts by bytes about what the sweep removes', () => {
    const writer = openWriter();
    append(writer, 0, 't', ...Array(1000).keys());
    const bytes = Math.floor(Number(writer.ofTopic('text_bytes')) / 4);
    expect(measure(writer, { age: 0, bytes }, 0).records).toBe(751);
    expect(measure(writer, { age: 0, bytes: 0 }, 0).records).toBe(0);
  });

  it('counts what was removed until it is deleted', () => {
    const writer = openWriter();
    for (const topic of ['t', 'u']) append(writer, 0, topic);
    writer.commit((batch) => void batch.change({ kind: 'remove_stream', topic: 't', streamId: 's' }));
    writer.commit((batch) => void batch.change({ kind: 'remove_topic', topic: 'u' }));
    expect(measure(writer, { age: 0, bytes: 0 }, 0).removals).toBe(2);
    sweepAt(writer, 0);
    expect(measure(writer, { age: 0, bytes: 0 }, 0).removals).toBe(0);
  });
});

describe('the sweep by bytes', () => {
  it('keeps about as many bytes as are set, of the last events', () => {
    const writer = openWriter({ bytes: 2000 });
    for (let minute = 0; minute < 100; minute++) append(writer, minute * MINUTE);
    sweepAt(writer, 100 * MINUTE);
    const kept = Number(writer.ofTopic('text_bytes - removed_bytes'));
    expect(kept).toBeLessThanOrEqual(2000);
    expect(kept).toBeGreaterThan(1900);
    const left = timestamps(writer);
    expect(left).toHaveLength(Number(writer.ofTopic('event_count')));
    expect(left.at(-1)).toBe(99 * MINUTE);
    expect(left).toHaveLength(Number(writer.ofTopic('next_offset - first_offset')));
  });

  it('cuts what has no mark in between in proportion', () => {
    const writer = openWriter();
    append(writer, 0, 't', ...Array(1000).keys());
    const bytes = Math.floor(Number(writer.ofTopic('text_bytes')) / 4);
    writer.commit((batch) => void batch.change({ kind: 'set_retention', topic: 't', bytes, confirmed: false }));
    sweepAll(writer.newSweeper());
    expect(timestamps(writer)).toEqual(Array.from({ length: 249 }, (_, index) => 751 + index));
  });

  it('removes a large topic in steps, between which everything fits together', () => {
    const writer = openWriter({ bytes: 100_000 });
    for (let minute = 0; minute < 20; minute++) append(writer, minute * MINUTE, 't', ...Array(10_000).keys());
    const sweeper = writer.newSweeper();
    let steps = 0;
    for (let isMore = true; isMore; steps++) {
      isMore = sweeper.step();
      const count = writer.count('events_1');
      expect(writer.ofTopic('event_count')).toBe(count);
      expect(writer.ofTopic('next_offset - first_offset')).toBe(count);
      expect(writer.database.prepare('SELECT event_count FROM streams').pluck().get()).toBe(count);
      expect(writer.database.prepare('SELECT min(offset) FROM events_1').pluck().get()).toBe(
        writer.ofTopic('first_offset'),
      );
    }
    expect(steps).toBeGreaterThan(1);
    expect(writer.count('marks')).toBeLessThanOrEqual(1);
  });
});
