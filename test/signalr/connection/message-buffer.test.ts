import { MessageBuffer } from '../../../src/signalr/connection/message-buffer';
import { type HubMessage, MESSAGE_TYPE } from '../../../src/signalr/protocol/hub-messages';

const item: HubMessage = { type: MESSAGE_TYPE.StreamItem, invocationId: 's', item: 1 };
const ping: HubMessage = { type: MESSAGE_TYPE.Ping };
const close: HubMessage = { type: MESSAGE_TYPE.Close };
const sequence: HubMessage = { type: MESSAGE_TYPE.Sequence, sequenceId: 1 };
const ack: HubMessage = { type: MESSAGE_TYPE.Ack, sequenceId: 1 };

function received(buffer: MessageBuffer, count: number): boolean[] {
  return Array.from({ length: count }, () => buffer.receive(item, 10));
}

describe('message buffer › sent', () => {
  it('keeps messages until they are acknowledged, and numbers them from one', () => {
    const buffer = new MessageBuffer(100);
    expect(buffer.resend()).toEqual({ sequenceId: 1, messages: [] });
    for (const message of ['a', 'b', 'c', 'd']) buffer.add(message);
    buffer.acknowledge(2);
    expect(buffer.resend()).toEqual({ sequenceId: 3, messages: ['c', 'd'] });
    buffer.acknowledge(4);
    expect(buffer.resend()).toEqual({ sequenceId: 5, messages: [] });
  });

  it('heeds no acknowledgement twice and none of something older', () => {
    const buffer = new MessageBuffer(100);
    for (const message of ['a', 'b', 'c']) buffer.add(message);
    for (const sequenceId of [2, 2, 1, 0, -7]) buffer.acknowledge(sequenceId);
    expect(buffer.resend()).toEqual({ sequenceId: 3, messages: ['c'] });
  });

  it('refuses an acknowledgement of what was never sent', () => {
    const buffer = new MessageBuffer(100);
    buffer.add('a');
    expect(() => {
      buffer.acknowledge(2);
    }).toThrow('ack of a message that was not sent');
  });

  it('is full at its capacity and says what lies beyond', () => {
    const buffer = new MessageBuffer(10);
    buffer.add('123456789');
    expect([buffer.full, buffer.excess]).toEqual([false, 0]);
    buffer.add(Buffer.from('0'));
    expect([buffer.full, buffer.excess]).toEqual([true, 0]);
    buffer.add('abc');
    expect([buffer.full, buffer.excess]).toEqual([true, 3]);
    buffer.acknowledge(1);
    expect([buffer.full, buffer.excess]).toEqual([false, 0]);
  });

  it('keeps the order over many rounds', () => {
    const buffer = new MessageBuffer(1_000_000);
    let sent = 0;
    for (let round = 0; round < 100; round++) {
      for (let i = 0; i < 100; i++) buffer.add(String(++sent));
      buffer.acknowledge(sent - 30);
      expect(buffer.resend()).toEqual({
        sequenceId: sent - 29,
        messages: Array.from({ length: 30 }, (_, i) => String(sent - 29 + i)),
      });
    }
  });

  it('knows how long it has been full without an acknowledgement', () => {
    const buffer = new MessageBuffer(3);
    buffer.add('ab');
    expect(buffer.stuckFor(1_000)).toBe(0);
    buffer.add('cd');
    expect([buffer.stuckFor(2_000), buffer.stuckFor(5_000)]).toEqual([0, 3_000]);
    buffer.add('efgh');
    buffer.acknowledge(1);
    expect([buffer.full, buffer.stuckFor(6_000), buffer.stuckFor(7_000)]).toEqual([true, 0, 1_000]);
    buffer.acknowledge(3);
    expect(buffer.stuckFor(9_000)).toBe(0);
  });
});

describe('message buffer › received', () => {
  it('has an Ack to send once for all that came', () => {
    const buffer = new MessageBuffer(100);
    expect(buffer.takeAck()).toBeUndefined();
    received(buffer, 3);
    expect([buffer.takeAck(), buffer.takeAck()]).toEqual([3, undefined]);
    received(buffer, 1);
    expect(buffer.takeAck()).toBe(4);
  });

  it('does not count pings, Close, Ack and Sequence', () => {
    const buffer = new MessageBuffer(100);
    for (const message of [ping, close, ack, sequence]) expect(buffer.receive(message, 10)).toBe(true);
    expect(buffer.takeAck()).toBeUndefined();
  });

  it('wants to acknowledge soon what uses the buffer of the client up', () => {
    const buffer = new MessageBuffer(100);
    buffer.receive(item, 32 * 1024 - 1);
    expect(buffer.ackDue).toBe(false);
    buffer.receive(item, 1);
    expect(buffer.ackDue).toBe(true);
    buffer.takeAck();
    expect(buffer.ackDue).toBe(false);
  });

  it('ignores all but Sequence after a reconnect, then what came before', () => {
    const buffer = new MessageBuffer(100);
    expect(received(buffer, 3)).toEqual([true, true, true]);
    buffer.resend();
    for (const message of [item, ping, close, ack]) expect(buffer.receive(message, 10)).toBe(false);
    expect(buffer.receive(sequence, 10)).toBe(true);
    buffer.reset(2);
    expect(received(buffer, 4)).toEqual([false, false, true, true]);
    expect(buffer.takeAck()).toBe(5);
  });

  it('acknowledges again what is sent again', () => {
    const buffer = new MessageBuffer(100);
    received(buffer, 3);
    expect(buffer.takeAck()).toBe(3);
    buffer.resend();
    expect(buffer.takeAck()).toBeUndefined();
    buffer.reset(2);
    expect([buffer.takeAck(), buffer.takeAck()]).toEqual([3, undefined]);
  });

  it.each([
    ['leaves a gap', 5, "Sequence ID greater than amount of messages we've received."],
    ['is no number of a message', 0, 'Sequence ID less than one.'],
  ])('refuses a Sequence that %s', (_, sequenceId, message) => {
    const buffer = new MessageBuffer(100);
    received(buffer, 3);
    buffer.resend();
    expect(() => {
      buffer.reset(sequenceId);
    }).toThrow(message);
  });
});
