import { MessageType, NullLogger } from '@microsoft/signalr';
import { RawJson, RawJsonHubProtocol } from '../../src/cli/raw-json-protocol';

describe('RawJsonHubProtocol', () => {
  const protocol = new RawJsonHubProtocol();

  it('writes raw arguments as they are', () => {
    const message = {
      type: MessageType.Invocation,
      invocationId: '7',
      target: 'SendEventData',
      arguments: ['a"b', new RawJson('[{"timestamp":1618133869000000001}]')],
    } as const;
    expect(protocol.writeMessage({ ...message, arguments: [...message.arguments] })).toBe(
      '{"type":1,"invocationId":"7","target":"SendEventData",' +
        '"arguments":["a\\"b",[{"timestamp":1618133869000000001}]]}\x1e',
    );
  });

  it('writes and reads everything else as the stock protocol does', () => {
    expect(protocol.writeMessage({ type: MessageType.Ping })).toBe('{"type":6}\x1e');
    expect(protocol.parseMessages('{"type":6}\x1e', NullLogger.instance)).toEqual([{ type: 6 }]);
  });
});
