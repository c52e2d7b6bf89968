import { SharedHub, freshName } from '../support/shared-hub';
import type { TestHub } from '../support/test-hub';
import { append, connectBy, StreamCall } from './support/hub-clients';
import { sendData } from './support/parameter-data';

interface Item {
  readonly type: 'start' | 'parameters' | 'progress' | 'caught-up';
  readonly read?: number;
  readonly topic: string;
  readonly offset?: string;
}

describe('ReadParameters', () => {
  const shared = new SharedHub();
  let hub: TestHub;
  let t: string;

  const open = async (...args: unknown[]): Promise<StreamCall<Item>> => {
    const reading = new StreamCall<Item>(await connectBy(hub), 'ReadParameters', ...args);
    await reading.until((all) => all.some(({ type }) => type === 'caught-up'));
    return reading;
  };
  const offsets = (reading: StreamCall<Item>): (string | undefined)[] =>
    reading.all.filter(({ type }) => type === 'parameters').map(({ offset }) => offset);

  beforeEach(async () => {
    hub = await shared.hub();
    t = freshName();
    await sendData(hub, t, 'a', { epoch: 1, timestamps: [2], numericValues: { Speed: [3], Gear: [4] } });
    await append(hub, t, 'a', 'event');
    await sendData(hub, t, 'b', { timestamps: [5], stringValues: { Name: ['x'] } });
  });

  it('gives where it begins, what is stored, that it is live, and what comes', async () => {
    const reading = await open(t, { from: 'earliest' });
    await sendData(hub, t, 'a', { timestamps: [6], numericValues: { Speed: [7] } });
    await reading.until(() => offsets(reading).length === 3);
    expect(offsets(reading)).toEqual(['1', '3', '4']);
    expect(reading.all.map(({ type }) => type).filter((type) => type !== 'progress')).toEqual([
      ...['start', 'parameters', 'parameters', 'caught-up', 'parameters'],
    ]);
    expect(reading.all[1]).toEqual({
      ...{ type: 'parameters', topic: t, offset: '1', streamId: 'a', epoch: 1, timestamps: [2] },
      ...{ numericValues: { Speed: [3], Gear: [4] }, stringValues: {}, binaryValues: {}, tagValues: {} },
    });
  });

  it.each([
    [{ parameters: ['Gear', 'Name'] }, ['1', '3', '4']],
    [{ parameters: ['Name'], streamId: '*' }, ['3', '4']],
    [{ streamId: 'a' }, ['1', '4']],
    [{ parameters: ['*'] }, ['1', '3', '4']],
    [{ from: '1' }, ['3', '4']],
  ])('gives what %j asks for', async (options, expected) => {
    const reading = await open(t, { from: 'earliest', ...options });
    await sendData(hub, t, 'a', { timestamps: [6], numericValues: { Gear: [1] }, stringValues: { Name: ['y'] } });
    await reading.until(() => offsets(reading).length === expected.length);
    expect(offsets(reading)).toEqual(expected);
  });

  it('writes timestamps and the epoch as texts', async () => {
    await sendData(hub, t, 'c', '{"epoch":1618133869123456789,"timestamps":[-1],"numericValues":{"x":[1]}}');
    const reading = await open(t, { from: '3', timestamps: 'text' });
    expect(reading.all[1]).toMatchObject({
      epoch: '1618133869123456789',
      timestamps: ['-1'],
      numericValues: { x: [1] },
    });
  });

  it('reads several in one call', async () => {
    const reading = await open([
      { topic: t, from: 'earliest', streamId: 'b' },
      { topic: t, from: 'earliest', parameters: ['Gear'] },
    ]);
    await reading.until(() => offsets(reading).length === 2);
    const found = reading.all.filter(({ type }) => type === 'parameters');
    expect(found.map(({ read, offset }) => `${read} ${offset}`).toSorted()).toEqual(['0 3', '1 1']);
  });

  it.each([
    [{ ids: ['x'] }, 'invalid_query: the options are not {streamId, parameters, from, timestamps}'],
    [{ parameters: [] }, 'invalid_query: the options are not'],
    [{ streamId: 'none' }, 'unknown_stream'],
  ])('refuses %j', async (options, message) => {
    const reading = new StreamCall<Item>(await connectBy(hub), 'ReadParameters', t, options);
    expect(String(await reading.ended)).toContain(message);
  });
});
