/** Asked now and then whether there is no more time to go on. */
export type IsTooLong = () => boolean;

/** A body takes longer to read than there is time for here. Nothing has become of it; it can be read elsewhere. */
export class TakesTooLong extends Error {
  constructor() {
    super('the rows take too long to read here');
  }
}

/** What a function gives; `undefined` when it throws `TakesTooLong`. */
export function unlessTooLong<Result>(read: () => Result): Result | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof TakesTooLong) return undefined;
    throw error;
  }
}
