import { BEATS_UNTIL_GONE, ServerRegistry } from '../../../src/signalr/scaleout/server-registry';

describe('ServerRegistry', () => {
  let registry: ServerRegistry;

  beforeEach(() => {
    registry = new ServerRegistry();
  });

  function pass(beats: number): void {
    for (let beat = 0; beat < beats; beat++) registry.tick();
  }

  it('finds a server that is heard after it was looked for', async () => {
    const found = registry.locate('a');
    registry.hear('b', 0, 'b:1');
    registry.hear('a', 0, 'a:1');
    expect(await found).toMatchObject({ id: 'a', address: 'a:1' });
  });

  it('looks for nobody longer than everybody needs to be heard', async () => {
    const found = registry.locate('a');
    pass(BEATS_UNTIL_GONE + 1);
    expect(await found).toBeUndefined();
    expect(await registry.locate('a')).toBeUndefined();
  });

  it('gives the others that time once more when they can be heard late for the first time', async () => {
    pass(3 * BEATS_UNTIL_GONE);
    registry.joined();
    const found = registry.locate('a');
    registry.hear('a', 0, 'a:1');
    expect(await found).toMatchObject({ id: 'a' });
    pass(BEATS_UNTIL_GONE + 1);
    registry.joined();
    expect(await registry.locate('b')).toBeUndefined();
  });

  it('waits for nobody when it is closed', async () => {
    const found = registry.locate('a');
    registry.close();
    registry.joined();
    expect([await found, await registry.locate('a')]).toEqual([undefined, undefined]);
  });
});
