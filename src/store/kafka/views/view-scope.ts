/** The topics and data sources that a hub has a view of: all, none, or those of some names. */
export class ViewScope {
  /** As it was given. */
  readonly text: string;
  readonly #names = new Set<string>();
  readonly #prefixes: string[] = [];

  /** `text`: `all`, `none`, or names with commas between them, which may end in `*`. */
  constructor(text: string) {
    this.text = text;
    if (text === 'none') return;
    for (const name of text === 'all' ? ['*'] : text.split(',').map((each) => each.trim())) {
      if (name.endsWith('*')) this.#prefixes.push(name.slice(0, -1));
      else this.#names.add(name);
    }
  }

  get isAll(): boolean {
    return this.#prefixes.includes('');
  }

  has(topic: string): boolean {
    return this.#names.has(topic) || this.#prefixes.some((prefix) => topic.startsWith(prefix));
  }
}
