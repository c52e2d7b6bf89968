import { AsyncLocalStorage } from 'node:async_hooks';
import { defineHub, HubException, method, streamMethod, type TraceInvocation } from '../../src/signalr';
import { resolveOptions } from '../../src/signalr/resolve-options';
import { useHubs } from './support/hub-servers';

const hubs = useHubs();
const storage = new AsyncLocalStorage<string>();

const hub = defineHub({
  Where: method([], async () => {
    await Promise.resolve();
    return storage.getStore() ?? 'nowhere';
  }),
  Refuse: method([], () => {
    throw new HubException('no');
  }),
  Numbers: streamMethod([], function () {
    const where = storage.getStore();
    return (function* () {
      yield where;
    })();
  }),
});

describe('traceInvocation', () => {
  it('runs the method, is given the headers of the message, and is told of the end', async () => {
    const told: unknown[] = [];
    const traceInvocation: TraceInvocation = (name, { connectionId, request }, headers) => {
      told.push([name, connectionId.length > 0, request.path, headers]);
      if (headers === undefined) return undefined;
      return {
        run: (call) => storage.run(headers['trace'] ?? '', call),
        ended: (status, error) => told.push([status, error instanceof Error]),
      };
    };
    const { connect } = await hubs.run(hub, { traceInvocation });
    const client = await connect();
    const invoke = async (target: string, type = 1): Promise<unknown> => {
      client.send(JSON.stringify({ type, invocationId: '1', target, headers: { trace: 't' }, arguments: [] }));
      return JSON.parse(await client.next()) as unknown;
    };
    expect(await client.invoke('Where')).toMatchObject({ result: 'nowhere' });
    expect(await invoke('where')).toMatchObject({ result: 't' });
    expect(await invoke('Refuse')).toMatchObject({ error: expect.stringContaining('no') as string });
    expect(await invoke('Numbers', 4)).toMatchObject({ item: 't' });
    await client.next();
    expect(told).toEqual([
      ['Where', true, '/hub', undefined],
      ['Where', true, '/hub', { trace: 't' }],
      ['completed', false],
      ['Refuse', true, '/hub', { trace: 't' }],
      ['refused', true],
      ['Numbers', true, '/hub', { trace: 't' }],
      ['completed', false],
    ]);
  });

  it('must be a function', () => {
    const settings = { traceInvocation: {} as TraceInvocation };
    expect(() => resolveOptions(settings)).toThrow("createHubServer: option 'traceInvocation' must be a function");
  });
});
