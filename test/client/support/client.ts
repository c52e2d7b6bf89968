import * as signalR from '@microsoft/signalr';
import { WriterHubClient, type ClientOptions } from '../../../src/client';
import { atEnd, type TestHub, token } from '../../support/test-hub';

/** A client with a token that may do everything, which tries again at once. It ends with the test. */
export function clientOf(url: string, options: Partial<ClientOptions> = {}): WriterHubClient {
  const client = new WriterHubClient({ signalR, url, token: token('admin'), retryDelayMs: 5, ...options });
  atEnd(() => client.close());
  return client;
}

/** Values of a stream's events, in order. */
export async function valuesOf(hub: TestHub, topic: string, streamId: string): Promise<string[]> {
  const text = await hub.read(`/topics/${topic}/streams/${streamId}/events/data?limit=10000`);
  return (JSON.parse(text) as { events: { value: string }[] }).events.map(({ value }) => value);
}

/** The texts of the numbers below `count`. */
export function numbers(count: number): string[] {
  return Array.from({ length: count }, (_, index) => String(index));
}

export interface Invocation {
  readonly events: { readonly value: string }[];
  readonly key: string;
}

/** What clients of this process invoke from now on, in order; until the test ends. */
export function watchInvocations(): Invocation[] {
  const seen: Invocation[] = [];
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its connection as `this`
  const invoke = signalR.HubConnection.prototype.invoke;
  const spy = jest.spyOn(signalR.HubConnection.prototype, 'invoke');
  spy.mockImplementation(function (this: signalR.HubConnection, ...args) {
    const [, , , events, options] = args as unknown[];
    seen.push({
      events: events as { value: string }[],
      key: (options as { idempotencyKey: string }).idempotencyKey,
    });
    return Reflect.apply(invoke, this, args) as Promise<unknown>;
  });
  atEnd(() => {
    spy.mockRestore();
  });
  return seen;
}
