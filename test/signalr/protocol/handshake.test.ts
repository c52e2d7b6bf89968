import { InvalidDataException } from '../../../src/signalr/exceptions';
import { chooseProtocol, parseHandshakeRequest, writeHandshakeResponse } from '../../../src/signalr/protocol/handshake';
import { JsonProtocol } from '../../../src/signalr/protocol/json-protocol';
import { MessagePackProtocol } from '../../../src/signalr/protocol/messagepack-protocol';

describe('parseHandshakeRequest', () => {
  it.each([
    ['{"protocol":"json","version":1}', { protocol: 'json', version: 1 }],
    ['{"version":2,"x":{"y":[]},"protocol":"messagepack"}', { protocol: 'messagepack', version: 2 }],
  ])('reads %s', (text, request) => {
    expect(parseHandshakeRequest(Buffer.from(text))).toEqual(request);
  });

  it.each([
    ['', 'Error reading JSON.'],
    ['{"protocol":"json"', 'Error reading JSON.'],
    ['null', 'Expected a JSON Object.'],
    ['[]', 'Expected a JSON Object.'],
    ['"json"', 'Expected a JSON Object.'],
    ['{}', "Missing required property 'protocol'."],
    ['{"protocol":null,"version":1}', "Expected 'protocol' to be of type String."],
    ['{"protocol":"json"}', "Missing required property 'version'."],
    ['{"protocol":"json","version":"1"}', "Expected 'version' to be of type Number."],
    ['{"protocol":"json","version":1.5}', "Expected 'version' to be of type Number."],
  ])('refuses %j', (text, message) => {
    expect(() => parseHandshakeRequest(Buffer.from(text))).toThrow(new InvalidDataException(message));
  });

  it('refuses invalid UTF-8', () => {
    const bytes = Buffer.from('{"protocol":"json","version":1,"x":"#"}');
    bytes[bytes.indexOf('#')] = 0xc0;
    expect(() => parseHandshakeRequest(bytes)).toThrow(InvalidDataException);
  });
});

describe('chooseProtocol', () => {
  const json = new JsonProtocol();

  it.each(['json', 'JSON', 'Json'])('knows %s, as case does not matter', (protocol) => {
    expect(chooseProtocol({ protocol, version: 1 }, [json], true)).toEqual({ protocol: json });
  });

  it.each([0, 1, 2])('speaks version %i', (version) => {
    expect(chooseProtocol({ protocol: 'json', version }, [json], true)).toEqual({ protocol: json });
  });

  it('refuses an unknown protocol', () => {
    const error = "The protocol 'messagepack' is not supported.";
    expect(chooseProtocol({ protocol: 'messagepack', version: 1 }, [json], true)).toEqual({ error });
  });

  it('refuses a binary protocol where only text is carried, and no other', () => {
    const protocols = [json, new MessagePackProtocol()];
    const error =
      "Cannot use the 'messagepack' protocol on the current transport. The transport does not support 'Binary' transfer format.";
    expect(chooseProtocol({ protocol: 'MessagePack', version: 1 }, protocols, false)).toEqual({ error });
    expect(chooseProtocol({ protocol: 'MessagePack', version: 1 }, protocols, true)).toEqual({
      protocol: protocols[1],
    });
    expect(chooseProtocol({ protocol: 'json', version: 1 }, protocols, false)).toEqual({ protocol: json });
  });

  it('refuses a later version', () => {
    const error = "The server does not support version 3 of the 'json' protocol.";
    expect(chooseProtocol({ protocol: 'json', version: 3 }, [json], true)).toEqual({ error });
  });
});

describe('writeHandshakeResponse', () => {
  it('is empty when all is well', () => {
    expect(writeHandshakeResponse()).toBe('{}\x1e');
  });

  it('holds the error otherwise', () => {
    expect(writeHandshakeResponse('no')).toBe('{"error":"no"}\x1e');
  });
});
