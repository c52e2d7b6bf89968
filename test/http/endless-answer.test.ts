import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { AnswerSender } from '../../src/http/answer-sender';
import { EndlessAnswer } from '../../src/http/endless-answer';
import { EVENT_STREAM } from '../../src/http/feed-forms';
import type { BodyChunk } from '../../src/http/live-body';

const LONGEST_SILENCE = 15_000;

class TextAnswer extends EndlessAnswer<string> {
  protected idOf(): string {
    return '0';
  }

  protected async send(text: string): Promise<void> {
    await this.write(text);
  }
}

/** Gives texts after so many milliseconds each, then nothing until it is returned. */
async function* after(...waits: number[]): AsyncGenerator<string, void, void> {
  yield 'first';
  for (const wait of waits) {
    await new Promise((resolve) => setTimeout(resolve, wait));
    yield 'text';
  }
  await new Promise(() => undefined);
}

describe('an answer that goes on', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it.each([[[]], [[1]], [[6_999, 1, 1]], [[7_001]], [[13_999, 2]], [[14_999]], [[8_000, 8_000, 8_000]]])(
    'sends a byte every 15 seconds at the least, whenever the last one was: %j',
    async (waits) => {
      const writes: { readonly at: number; readonly text: string }[] = [];
      const body = {
        isWaiting: false,
        write: ({ data }: BodyChunk) => {
          writes.push({ at: performance.now(), text: data.toString() });
          return Promise.resolve();
        },
      };
      const answers = { reserve: () => undefined, liveBody: () => body } as unknown as AnswerSender;
      const response = new ServerResponse(new IncomingMessage(new Socket()));
      const parts = { holder: 'me', form: EVENT_STREAM, abort: () => undefined };
      void new TextAnswer(response, answers, parts).run(after(...waits));
      await jest.advanceTimersByTimeAsync(100_000);
      const silences = writes.slice(1).map(({ at }, index) => at - writes[index]!.at);
      expect(Math.max(...silences)).toBeLessThanOrEqual(LONGEST_SILENCE);
      expect(100_000 - writes.at(-1)!.at).toBeLessThanOrEqual(LONGEST_SILENCE + writes[0]!.at);
      const beats = writes.filter(({ text }) => text === EVENT_STREAM.heartbeat);
      expect(beats.length).toBeGreaterThan(0);
      expect(beats.length).toBeLessThan(9);
    },
  );
});
