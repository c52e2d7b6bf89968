import { ApiError } from '../../../../src/console/api/api-error';
import { RowTail, type TailState } from '../../../../src/console/pages/data-source/row-tail';

const ROW = '{"offset":"1","row":{"n":9007199254740993}}';

/** A tail whose answers are given by the test, with what it has told. */
class Tailed {
  readonly told: string[] = [];
  readonly opened: { signal: AbortSignal; lines: ReadableStreamDefaultController<Uint8Array> }[] = [];
  readonly tail: RowTail;

  constructor(open?: () => Promise<Response>) {
    this.tail = new RowTail(open ?? ((signal) => this.#answer(signal)), {
      row: (text) => this.told.push(text),
      started: () => this.told.push('started'),
      state: (state) => this.told.push(told(state)),
    });
  }

  /** Sends text, and waits until it has been read. */
  async send(text: string): Promise<void> {
    this.opened.at(-1)!.lines.enqueue(new TextEncoder().encode(text));
    await settled();
  }

  #answer(signal: AbortSignal): Promise<Response> {
    const body = new ReadableStream<Uint8Array>({
      start: (lines) => {
        this.opened.push({ signal, lines });
        signal.addEventListener('abort', () => {
          lines.error(signal.reason);
        });
      },
    });
    return Promise.resolve(new Response(body));
  }
}

function told(state: TailState): string {
  return 'reason' in state ? `${state.kind}: ${state.reason}` : state.kind;
}

/** Every promise that can has settled. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'queueMicrotask', 'nextTick'] });
});

afterEach(() => {
  jest.useRealTimers();
});

describe('RowTail', () => {
  it('gives each row as its text, wherever that is cut', async () => {
    const tailed = new Tailed();
    tailed.tail.start();
    await settled();
    await tailed.send(`\n${ROW.slice(0, 9)}`);
    await tailed.send(`${ROW.slice(9)}\n\n`);
    expect(tailed.told).toEqual(['connecting', 'started', 'live', ROW]);
    tailed.tail.stop();
  });

  it('says that it is lost when the connection is cut, and comes back', async () => {
    const tailed = new Tailed();
    tailed.tail.start();
    await settled();
    tailed.opened[0]!.lines.close();
    await settled();
    expect(tailed.told.at(-1)).toBe('lost: the connection was cut');
    jest.runOnlyPendingTimers();
    await settled();
    expect(tailed.told.slice(-3)).toEqual(['connecting', 'started', 'live']);
    tailed.tail.stop();
  });

  it('is lost when nothing comes for long, not even a blank line', async () => {
    const tailed = new Tailed();
    tailed.tail.start();
    await settled();
    jest.advanceTimersByTime(30_000);
    await tailed.send('\n');
    jest.advanceTimersByTime(30_000);
    expect(tailed.told.at(-1)).toBe('live');
    jest.advanceTimersByTime(15_000);
    expect(tailed.told.at(-1)).toBe('lost: nothing came for 45 seconds');
    expect(tailed.opened[0]!.signal.aborted).toBe(true);
    tailed.tail.stop();
  });

  it.each([
    ['{"end":{"code":"shutting_down","message":"the server is stopping"}}', 'lost: the server is stopping'],
    ['{"end":{"code":"unknown_data_source","message":"it was removed"}}', 'lost: it was removed'],
    ['{"end":{"code":"unauthenticated","message":"the token has expired"}}', 'refused: the token has expired'],
  ])('ends with %s', async (line, said) => {
    const tailed = new Tailed();
    tailed.tail.start();
    await settled();
    await tailed.send(`${line}\n`);
    expect(tailed.told.at(-1)).toBe(said);
    tailed.tail.stop();
  });

  it.each([
    [new ApiError('no', { status: 403, code: 'forbidden' }), 'refused: no'],
    [new ApiError('busy', { status: 503, code: 'store_busy' }), 'lost: busy'],
    [new ApiError('gone', { status: 0, code: 'unreachable' }), 'lost: gone'],
  ])('takes %s for what it is', async (error, said) => {
    const tailed = new Tailed(() => Promise.reject(error));
    tailed.tail.start();
    await settled();
    expect(tailed.told.at(-1)).toBe(said);
    tailed.tail.stop();
  });

  it('tells nothing more once it is stopped', async () => {
    const tailed = new Tailed();
    tailed.tail.start();
    await settled();
    tailed.tail.stop();
    await settled();
    jest.runOnlyPendingTimers();
    expect(tailed.told).toEqual(['connecting', 'started', 'live']);
  });
});
