import jwt from 'jsonwebtoken';
import { STOCK_TRANSPORTS } from '../signalr/support/stock-client';
import { connect, converse, describeRecipes, runRecipe, typeCheck } from './support/recipe';

const withRecipes = describeRecipes('examples/recipes');

withRecipes('the recipes', () => {
  it('have the right types', () => {
    typeCheck('tsconfig.json');
  });
});

withRecipes.each([
  ['node-http', undefined],
  ['express', '/hello'],
  ['fastify', '/hello'],
  ['koa', '/hello'],
  ['nest', '/hello'],
  ['hono', '/hello'],
])('%s', (name, page) => {
  let url: string;

  beforeAll(async () => {
    url = await runRecipe(name);
  });

  it.each(STOCK_TRANSPORTS)('serves the hub over %s', async (transport) => {
    expect(await converse(await connect(`${url}/chat`, transport))).toEqual(['héllo', 1, 2, 3]);
  });

  it('lets its framework answer everything else', async () => {
    const answer = await fetch(`${url}${page ?? '/hello'}`);
    if (page === undefined) expect(answer.status).toBe(404);
    else expect([answer.status, await answer.text()]).toEqual([200, 'Hello']);
    // A path that only begins like that of the hub.
    expect((await fetch(`${url}/chatter/negotiate`, { method: 'POST' })).headers.get('content-type')).not.toBe(
      'application/json',
    );
  });
});

withRecipes('jsonwebtoken', () => {
  const secret = 'a secret of at least thirty-two characters';
  let url: string;

  beforeAll(async () => {
    url = `${await runRecipe('jsonwebtoken', { JWT_SECRET: secret })}/chat`;
  });

  it.each(STOCK_TRANSPORTS)('knows who invokes over %s', async (transport) => {
    const connection = await connect(url, transport, jwt.sign({ sub: 'ann' }, secret, { expiresIn: '1h' }));
    expect(await connection.invoke('WhoAmI')).toBe('ann');
  });

  it.each([
    ['none', undefined],
    ['of another secret', jwt.sign({ sub: 'eve' }, 'another')],
    ['that has expired', jwt.sign({ sub: 'ann', exp: 1 }, secret)],
    ['without a signature', jwt.sign({ sub: 'ann' }, null, { algorithm: 'none' })],
    ['that is none', 'x.y.z'],
  ])('refuses a token: %s', async (_, token) => {
    await expect(connect(url, 'WebSockets', token)).rejects.toThrow('401');
  });
});
