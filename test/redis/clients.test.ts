import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import ts from 'typescript';
import { createRedisBackplane } from '../../src/signalr/redis';
import type { BackplaneLink } from '../../src/signalr';
import { createRedisClient, LIBRARIES, type LibraryName } from './support/redis-libraries';
import { missing, RedisProcess } from './support/redis-process';

const suite = missing() === undefined ? describe : describe.skip;

/** A TypeScript program of one file that imports a library, and what the compiler says of it. */
function complaints(name: LibraryName): string[] {
  const make = name.startsWith('ioredis')
    ? `import { Redis } from '${name}'; const make = () => new Redis({ lazyConnect: true });`
    : `import { createClient } from '${name}'; const make = () => createClient();`;
  const file = path.join(__dirname, `uses-${name}.ts`);
  const source = `${make}
    import { createRedisBackplane } from '../../src/signalr/redis';
    const publisher = make();
    export const backplane = createRedisBackplane({ publisher, subscriber: publisher.duplicate() });`;
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    exactOptionalPropertyTypes: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.Node20,
    types: ['node'],
  };
  const host = ts.createCompilerHost(options);
  const withFile: ts.CompilerHost = {
    ...host,
    fileExists: (asked) => asked === file || host.fileExists(asked),
    readFile: (asked) => (asked === file ? source : host.readFile(asked)),
    getSourceFile: (asked, version) =>
      asked === file ? ts.createSourceFile(asked, source, version) : host.getSourceFile(asked, version),
  };
  const program = ts.createProgram([file], options, withFile);
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

suite.each(LIBRARIES)('clients of %s', (library) => {
  it('fit the types', () => {
    expect(complaints(library)).toEqual([]);
  });

  it('carry frames in order, under one prefix, whatever prefix the client itself has', async () => {
    const redis = await RedisProcess.start();
    const clients = [0, 1, 2, 3].map(() => createRedisClient(library, redis.port, { keyPrefix: 'keys:' }));
    const listen = (index: number, prefix: string, heard: string[]): Promise<BackplaneLink> =>
      new Promise((resolve) => {
        const [publisher, subscriber] = clients.slice(index, index + 2) as never[];
        const link = createRedisBackplane({ publisher: publisher!, subscriber: subscriber!, prefix }).connect({
          onFrame: (frame) => heard.push(Buffer.from(frame).toString('latin1')),
          onUp: () => {
            resolve(link);
          },
          onDown: () => undefined,
          onLost: () => undefined,
        });
      });
    const heard: [string[], string[], string[]] = [[], [], []];
    const a = await listen(0, 'one', heard[0]);
    const b = await listen(2, 'one', heard[1]);
    // Another hub on the same clients.
    const other = await listen(2, 'two', heard[2]);
    for (const link of [a, b, other]) for (const channel of ['x', 'y']) await link.subscribe(channel);
    const bytes = Buffer.from([0, 10, 13, 128, 255]).toString('latin1');
    const frames = Array.from({ length: 100 }, (_, i) => `${bytes}${i}`);
    for (const [i, frame] of frames.entries()) a.publish(i % 2 === 0 ? 'x' : 'y', Buffer.from(frame, 'latin1'));
    while (heard[0].length < 100 || heard[1].length < 100) await turn();
    expect(heard).toEqual([frames, frames, []]);
    await b.unsubscribe('x');
    a.publish('x', Buffer.from('nobody'));
    a.publish('y', Buffer.from('last'));
    while (heard[1].length < 101) await turn();
    expect(heard[1].slice(100)).toEqual(['last']);
    for (const link of [a, b, other]) link.close();
    for (const client of clients) client.disconnect();
    await redis.close();
  });
});
