import fc from 'fast-check';
import { TestHub, token } from '../support/test-hub';
import { append, Collected, connectBy } from './support/hub-clients';

/** What one of several subscribers does while events come. */
const STEP = fc.record({
  subscribes: fc.boolean(),
  topic: fc.constantFrom('t', 't', '*'),
  streamId: fc.constantFrom('a', 'b', '*'),
  id: fc.constantFrom('x', 'y', '*'),
  fromStart: fc.boolean(),
});
type Step = typeof STEP extends fc.Arbitrary<infer T> ? T : never;

const BEFORE = 600;
const AFTER = 30;

describe('overlapping subscriptions that come and go while events come', () => {
  let hub: TestHub;
  let written = 0;

  const write = async (count: number): Promise<void> => {
    const [streamId, id] = [written % 3 === 0 ? 'a' : 'b', written % 2 === 0 ? 'x' : 'y'];
    written += count;
    await append(hub, 't', streamId, ...new Array<string>(count).fill(id));
  };

  /** Offsets that came, in order, and how many of the events were there when something was asked for once more. */
  interface Outcome {
    readonly offsets: readonly number[];
    readonly askedAgain: number;
  }

  /** Does the steps while events are written. */
  const outcomeOf = async (steps: readonly Step[]): Promise<Outcome> => {
    let [askedAgain, hasUnsubscribed] = [0, false];
    const connection = await connectBy(hub, { bearer: token('read:*') });
    const received = new Collected<{ offset: string; id: string }>();
    connection.on('EventDataReceived', received.add);
    const writing = (async () => {
      for (let batch = 0; batch < AFTER; batch++) await write(1);
    })();
    for (const { subscribes, topic, streamId, id, fromStart } of steps) {
      const options = fromStart && subscribes && topic !== '*' ? [{ from: 'earliest' }] : [];
      const method = subscribes ? 'SubscribeToEvent' : 'UnsubscribeFromEvent';
      await connection.invoke(method, topic, streamId, id, ...options);
      hasUnsubscribed ||= !subscribes;
      if (hasUnsubscribed && options.length > 0) askedAgain = written;
    }
    await writing;
    await connection.invoke('SubscribeToEvent', 't', 'end', 'end');
    await append(hub, 't', 'end', 'end');
    written += 1;
    await received.until((all) => all.some(({ id }) => id === 'end'));
    // What catches up may still be on its way.
    await received.until((all) => steps[0]?.fromStart !== true || all.length >= written);
    await connection.stop();
    return { offsets: received.all.map(({ offset }) => Number(offset)), askedAgain };
  };

  beforeEach(async () => {
    hub = await TestHub.start({ shutdownTimeout: 200 });
    written = 0;
    await write(BEFORE);
  });

  it('bring no event twice, unless it is asked for from the start once what brought it was unsubscribed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(STEP, { minLength: 1, maxLength: 12 }), async (steps) => {
        const { offsets, askedAgain } = await outcomeOf(
          steps.map((step, index) => ({ ...step, fromStart: index > 0 && step.fromStart })),
        );
        const onceOnly = offsets.filter((offset) => offset > askedAgain);
        expect(new Set(onceOnly).size).toBe(onceOnly.length);
      }),
      { numRuns: 12 },
    );
  });

  it('leave out nothing of what the first of them covers', async () => {
    const all: Step = { subscribes: true, topic: 't', streamId: '*', id: '*', fromStart: true };
    const others = STEP.filter(({ topic, streamId, id }) => topic === '*' || streamId !== '*' || id !== '*');
    await fc.assert(
      fc.asyncProperty(fc.array(others, { maxLength: 10 }), async (steps) => {
        const { offsets } = await outcomeOf([all, ...steps]);
        const expected = Array.from({ length: written }, (_, index) => index + 1);
        expect([...offsets].sort((a, b) => a - b)).toEqual(expected);
      }),
      { numRuns: 8 },
    );
  });
});
