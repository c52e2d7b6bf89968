import { setImmediate as turn } from 'node:timers/promises';
import { defineHub, method } from '../../../src/signalr';
import { ReadTurns, type TurnTaker } from '../../../src/signalr/transports/read-turns';
import { useHubs } from '../support/hub-servers';

const hubs = useHubs();

/** Reads messages of a kilobyte as far as the turns let it; each takes a millisecond. */
class Reader implements TurnTaker {
  readonly holder: string | undefined;

  constructor(
    readonly turns: ReadTurns,
    readonly log: string[],
    readonly name: string,
    public left: number,
    readonly pass: () => void,
    holder?: string,
  ) {
    this.holder = holder;
  }

  takeTurn(): void {
    let read = 0;
    while (this.left > 0) {
      this.left--;
      read++;
      this.pass();
      if (!this.turns.mayGoOn(1024) && this.left > 0) {
        this.turns.wait(this);
        break;
      }
    }
    this.log.push(`${this.name}${read}`);
  }
}

describe('ReadTurns', () => {
  let now = 0;
  beforeEach(() => {
    now = 1_000;
    jest.spyOn(performance, 'now').mockImplementation(() => now);
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });
  const pass = (): void => {
    now += 1;
  };

  it('let those that have much to read take turns, in which all together take little time', async () => {
    const turns = new ReadTurns();
    const log: string[] = [];
    for (const name of ['a', 'b']) new Reader(turns, log, name, 80, pass).takeTurn();
    log.push('|');
    for (let i = 0; i < 6; i++) {
      await turn();
      log.push('|');
    }
    expect(log.join(' ')).toBe('a32 b1 | a32 | b32 | a16 | b32 | b15 | |');
  });

  it('let a holder read in the turn after one of another, however many connections that one has', async () => {
    const turns = new ReadTurns();
    const log: string[] = [];
    for (let i = 0; i < 64; i++) new Reader(turns, log, `f${i}:`, 1_000, pass, 'flooder').takeTurn();
    new Reader(turns, log, 'honest', 1, pass, 'honest').takeTurn();
    const before = log.length;
    const late = new Reader(turns, log, 'honest', 1, pass, 'honest');
    expect(turns.mayBegin()).toBe(false);
    turns.wait(late);
    await turn();
    await turn();
    // One of the flooder's connections has had its turn before.
    expect(log.slice(before).findIndex((entry) => entry === 'honest1')).toBeLessThanOrEqual(1);
  });

  it('serve all connections of a holder in the order in which they came', async () => {
    const turns = new ReadTurns();
    const order: number[] = [];
    const count = 200;
    for (let i = 0; i < count; i++) turns.wait({ holder: 'a', takeTurn: () => order.push(i) });
    await turn();
    expect(order).toEqual(Array.from({ length: count }, (_, i) => i));
  });

  it('begin anew with each turn of the event loop', async () => {
    const turns = new ReadTurns();
    for (let i = 0; i < 10; i++) {
      for (let message = 0; message < 31; message++) expect(turns.mayGoOn(1)).toBe(true);
      now += 100;
      expect(turns.mayGoOn(40_000)).toBe(false);
      await turn();
    }
  });
});

describe('a client that sends many messages in one piece', () => {
  it('does not keep others waiting, and all of its messages are read, in their order', async () => {
    const received: unknown[] = [];
    const hub = defineHub({
      Note: method(['json'], (_, value) => {
        received.push(value);
      }),
      Count: method([], () => received.length),
    });
    const { connect } = await hubs.run(hub, { maximumReceiveMessageSize: 1_000_000 });
    const [busy, other] = [await connect(), await connect()];
    const count = 100_000;
    let text = '';
    for (let i = 0; i < count; i++) text += `{"type":1,"target":"Note","arguments":[${i}]}\x1e`;
    busy.sendRaw(text);
    while (received.length === 0) await turn();
    const { result } = (await other.invoke('Count')) as { result: number };
    expect(result).toBeLessThan(count);
    // What follows, and the end of the connection, wait for what came before.
    busy.send(`{"type":1,"target":"Note","arguments":["last"]}`);
    busy.socket.close();
    await busy.closed;
    while (received.length <= count) await turn();
    expect(received).toEqual([...Array.from({ length: count }, (_, i) => i), 'last']);
  });

  it('of one holder over many connections, does not keep another waiting', async () => {
    let noted = 0;
    const hub = defineHub({
      Note: method(['json'], () => {
        noted++;
      }),
      Count: method([], () => noted),
    });
    const { connect } = await hubs.run(hub, {
      maximumReceiveMessageSize: 1_000_000,
      authenticate: ({ headers }) => ({ principal: undefined, holder: String(headers['x-holder']) }),
    });
    const other = await connect({ headers: { 'x-holder': 'b' } });
    const floods = await Promise.all(Array.from({ length: 16 }, () => connect({ headers: { 'x-holder': 'a' } })));
    const each = 20_000;
    const text = `{"type":1,"target":"Note","arguments":[1]}\x1e`.repeat(each);
    for (const flood of floods) flood.sendRaw(text);
    while (noted === 0) await turn();
    const { result } = (await other.invoke('Count')) as { result: number };
    expect(result).toBeLessThan(8 * each);
    while (noted < 16 * each) await turn();
  });
});
