import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLogger } from '../src/log';
import { Command } from './support/command';
import { atEnd, temporaryDirectory } from './support/test-hub';

describe('the log', () => {
  it('is written in the background, in order', async () => {
    const file = join(temporaryDirectory(), 'log');
    const descriptor = openSync(file, 'w');
    atEnd(() => {
      closeSync(descriptor);
    });
    const logger = createLogger('info', { descriptor });
    for (let n = 0; n < 100; n++) logger.info({ n }, 'line');
    const lines = () => readFileSync(file, 'utf8').split('\n').slice(0, -1);
    while (lines().length < 100) await new Promise(setImmediate);
    expect(lines().map((line) => (JSON.parse(line) as { n: number }).n)).toEqual(
      Array.from({ length: 100 }, (_, n) => n),
    );
  });

  it('costs nothing but its lines when it cannot be written', async () => {
    const command = new Command(
      ['serve', '--port', '0', '--data-dir', temporaryDirectory()],
      {},
      { stderr: '/dev/full' },
    );
    const [, url = ''] = await command.printed(/listens on (http:\S+)/);
    for (let times = 0; times < 20; times++) expect((await fetch(`${url}/healthz`)).status).toBe(200);
    command.kill('SIGTERM');
    expect((await command.outcome()).code).toBe(0);
  });
});
