// A client that sees nothing of the server, with a contract that is written by hand. The compiler reads it in
// test/package, without the types of Node.js.
import type { ClientStream, HubContract, TypedHubConnection } from 'signalr-server/client-types';

/** Whether two types are the same, not only assignable to each other. */
type Same<A, B> = (<T>(probe: T) => T extends A ? 1 : 2) extends <T>(probe: T) => T extends B ? 1 : 2 ? true : false;

/** Compiles only if the value is of exactly this type. */
declare function exactly<Expected>(): <Actual>(value: Actual, verdict: Same<Expected, Actual>) => void;

type Contract = HubContract<
  { Add(a: number, b?: number): number; Count(to: number): AsyncIterable<number> },
  { News(title: string): void }
>;

export async function byHand(contracted: TypedHubConnection<Contract>): Promise<void> {
  exactly<number>()(await contracted.invoke('Add', 1), true);
  exactly<ClientStream<number>>()(contracted.stream('Count', 3), true);
  contracted.on('News', (title) => title.toUpperCase());
  // @ts-expect-error -- a stream has no result
  await contracted.invoke('Count', 3);
  // @ts-expect-error -- the hub calls no such method
  contracted.on('Olds', () => undefined);
}
