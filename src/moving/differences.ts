/** So many differences are told. */
const MOST_TOLD = 50;

/** What is not the same in two stores, in words: the first of it, and how much there is. */
export class Differences {
  readonly told: string[] = [];
  count = 0;

  add(text: string): void {
    this.count += 1;
    if (this.told.length < MOST_TOLD) this.told.push(text);
  }
}
