import { run } from '../../support/command';
import { type TestHub, token } from '../../support/test-hub';

/** An event as a line of input; `n` is in its timestamp, beyond what a double can tell apart, and in its value. */
export const line = (n: number) => `{"id":"n","timestamp":${1618133869000000001n + BigInt(n)},"value":"${n}"}`;
export const lines = (count: number) => Array.from({ length: count }, (_, n) => `${line(n)}\n`).join('');

/** Runs `writer-hub send` into a stream of a server, and resolves when it has ended. */
export const send = (hub: TestHub, input: string | Buffer, ...flags: string[]) =>
  run(
    ['send', '--topic', 'cars', '--stream', 'car-1', '--url', hub.url, ...flags],
    { WRITER_HUB_TOKEN: token('admin') },
    input,
  );
