import { HUB_ROUTES } from '../../src/http/routes/hub-routes';
import { startServer } from './support/server';
import { Schemathesis } from './support/schemathesis';

const schemathesis = new Schemathesis();
const MISSING = schemathesis.install();
if (MISSING !== undefined) process.stdout.write(`not run: ${MISSING}\n`);
const suite = MISSING === undefined ? describe : describe.skip;

afterAll(() => {
  schemathesis.remove();
});

/** Operations after which there is nothing left to ask the others about. */
const TAKES_AWAY = [
  'removeTopic',
  'removeStream',
  'removeDataSource',
  'removeDataSourceByPost',
  'truncateDataSource',
  'revokeToken',
];

const ids = (names: readonly string[]): string => `^(${names.join('|')})$`;

suite('schemathesis', () => {
  it('finds no answer that is not described, and no failure of the server', async () => {
    const { url, bearer } = await startServer();
    // SignalR's transports are for its clients: its own suite asks them.
    const others = ids([...TAKES_AWAY, ...HUB_ROUTES.map(({ id }) => id)]);
    const { report, isGood } = await schemathesis.run(url, bearer, ['--exclude-operation-id-regex', others]);
    expect(isGood ? '' : report).toBe('');
  }, 400_000);

  it('finds none where something is taken away', async () => {
    const { url, bearer } = await startServer();
    const { report, isGood } = await schemathesis.run(url, bearer, ['--include-operation-id-regex', ids(TAKES_AWAY)]);
    expect(isGood ? '' : report).toBe('');
  }, 400_000);
});
