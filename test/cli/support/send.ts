import { run } from '../../support/command';
import { runHere } from '../../support/command-here';
import { type TestHub, token } from '../../support/test-hub';

/** An event as a line of input; `n` is in its timestamp, beyond what a double can tell apart, and in its value. */
export const line = (n: number) => `{"id":"n","timestamp":${1618133869000000001n + BigInt(n)},"value":"${n}"}`;
export const lines = (count: number) => Array.from({ length: count }, (_, n) => `${line(n)}\n`).join('');

const argsOf = (hub: TestHub, topic: string, flags: readonly string[]) => [
  ...['send', '--topic', topic, '--stream', 'car-1', '--url', hub.url],
  ...flags,
];
const env = { WRITER_HUB_TOKEN: token('admin') };

/** Runs `writer-hub send` into a stream of a topic, and resolves when it has ended. */
export const send = (hub: TestHub, topic: string, input: string | Buffer, ...flags: string[]) =>
  runHere(argsOf(hub, topic, flags), { env, input });

/** The same as a process of its own. */
export const sendByProcess = (hub: TestHub, topic: string, input: string, ...flags: string[]) =>
  run(argsOf(hub, topic, flags), env, input);

/** Stores the events of these numbers, up to `end`, in that stream. */
export async function store(hub: TestHub, topic: string, first: number, end: number): Promise<void> {
  const events = Array.from({ length: end - first }, (_, n) => line(first + n));
  const answer = await hub.post(`/topics/${topic}/streams/car-1/events/data`, `[${events.join(',')}]`);
  expect(answer.status).toBe(200);
}
