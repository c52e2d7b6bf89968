/** Checks that each of some streams gives its numbers, which begin at 0, once and in order. */
export class StreamSequences {
  /** How many events were accepted. */
  count = 0;
  /** The first event that was not the next one of its stream. */
  fault: string | undefined;
  /** The next number of each stream. */
  readonly #next = new Map<string, number>();

  accept(streamId: string, value: string): void {
    const next = this.#next.get(streamId) ?? 0;
    if (value !== String(next)) this.fault ??= `${value} came in the place of ${next} in ${streamId}`;
    this.#next.set(streamId, next + 1);
    this.count++;
  }
}
