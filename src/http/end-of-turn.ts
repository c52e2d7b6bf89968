let turn: Promise<void> | undefined;

/** Resolves when everything that the sockets have brought in this turn of the event loop has been looked at. */
export function endOfTurn(): Promise<void> {
  turn ??= new Promise((resolve) => {
    setImmediate(() => {
      turn = undefined;
      resolve();
    });
  });
  return turn;
}
