import { token } from '../../support/test-hub';
import { RowsHub, bearer, errorOf } from './support/rows';

const ROW = '{"n":1}';
/** Each call of `token` makes another one. */
const mine = bearer('create', 'append:*');
const headersOf = ({ headers }: Response) =>
  ['x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset', 'retry-after'].map((name) => headers.get(name));

/** Posts one behind the other until one is refused with 429, and gives all answers. */
async function untilRefused(post: () => Promise<Response>): Promise<Response[]> {
  const answers: Response[] = [];
  do answers.push(await post());
  while (answers.at(-1)?.status === 202 && answers.length < 1000);
  return answers;
}

describe('rate limits', () => {
  it('are none by default, and no header speaks of them', async () => {
    const rows = await RowsHub.start();
    const answers = await Promise.all(Array.from({ length: 50 }, () => rows.events('name=a', ROW, mine)));
    for (const answer of answers) {
      expect(answer.status).toBe(202);
      expect(headersOf(answer)).toEqual([null, null, null, null]);
    }
  });

  it.each([
    ['token', 'maxTokenRequestRate', 'with this token'],
    ['data source', 'maxDataSourceRequestRate', 'to this data source'],
  ] as const)(
    'answer requests over that of a %s with 429, and say in whole seconds when to come back',
    async (_, option, label) => {
      const rows = await RowsHub.start({ [option]: 2 });
      const answers = await Promise.all(Array.from({ length: 40 }, () => rows.events('name=a', ROW, mine)));
      const [refused] = answers.filter(({ status }) => status === 429);
      const [passed] = answers.filter(({ status }) => status === 202);
      expect(headersOf(passed!)).toEqual(['2', expect.stringMatching(/^[01]$/), '1', null]);
      expect(headersOf(refused!)).toEqual(['2', '0', '1', '1']);
      expect(await errorOf(refused!)).toBe(`more than 2 requests a second ${label}; try again in 1 s`);
    },
  );

  it('count each token and each data source for itself', async () => {
    const tokens = await RowsHub.start({ maxTokenRequestRate: 1 });
    const sources = await RowsHub.start({ maxDataSourceRequestRate: 1 });
    await tokens.stored('a', ROW);
    await untilRefused(() => tokens.events('name=a', ROW, mine));
    expect((await tokens.events('name=a', ROW, { authorization: `Bearer ${token('append:*')}` })).status).toBe(202);
    await untilRefused(() => sources.events('name=a', ROW));
    expect((await sources.events('name=b', ROW)).status).toBe(202);
  });

  it.each([
    ['token', 'maxTokenByteRate'],
    ['data source', 'maxDataSourceByteRate'],
  ] as const)('answer inflated bytes over those of a %s with 429', async (_, option) => {
    const rows = await RowsHub.start({ [option]: 1000 });
    const answers = await untilRefused(() => rows.events('name=a', `{"n":"${'x'.repeat(300)}"}`, mine));
    expect(headersOf(answers.at(-1)!)).toEqual(['1000', '0', '1', '1']);
    expect(await errorOf(answers.at(-1)!)).toMatch(/more than 1000 bytes a second/);
    expect(headersOf(answers[0]!)).toEqual(['1000', expect.stringMatching(/^\d+$/), '1', null]);
  });

  it('let a body pass that is larger than a second allows, and nothing else for as long as it is worth', async () => {
    const rows = await RowsHub.start({ maxTokenByteRate: 1000 });
    expect((await rows.events('name=a', `{"n":"${'x'.repeat(60_000)}"}`, mine)).status).toBe(202);
    const refused = await rows.events('name=a', ROW, mine);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(30);
  });

  it('refuse a request before its body is looked at', async () => {
    const rows = await RowsHub.start({ maxTokenRequestRate: 1 });
    const answers = await Promise.all(Array.from({ length: 20 }, () => rows.events('name=a', 'nonsense', mine)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([400, 429]));
  });
});
