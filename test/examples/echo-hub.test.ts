import { client, runExample } from './support/example';

describe('examples/echo-hub', () => {
  it('runs as its README says and serves the stock client', async () => {
    const connection = client(await runExample('echo-hub'));
    const greeted = new Promise((resolve) => {
      connection.on('Greeting', resolve);
    });
    await connection.start();
    await connection.invoke('Greet', 'Ann');
    expect(await greeted).toBe(`Hello Ann, you are ${connection.connectionId ?? ''}.`);
    expect(await connection.invoke('Add', 1, 2)).toBe(3);
    expect(await connection.invoke('Echo', null)).toBeNull();
    await expect(connection.invoke('Greet', '')).rejects.toThrow('A name is needed.');
  });
});
