import type { Config, OptionName } from './config';

/** Options under the names that a component gives them. */
type View<Names extends Readonly<Record<string, OptionName>>> = { readonly [K in keyof Names]: Config[Names[K]] };

/** The options in force, which may be others a moment later. */
export class LiveConfig {
  #current: Config;
  /** What gives each view what is in force. */
  readonly #refreshes: (() => void)[] = [];

  constructor(config: Config) {
    this.#current = config;
  }

  get current(): Config {
    return this.#current;
  }

  replace(config: Config): void {
    this.#current = config;
    for (const refresh of this.#refreshes) refresh();
  }

  /**
   * An object with options, which has at each reading what is in force then, and with what else a component needs. It
   * must not be copied by whoever is to see changes. It costs no more to read than any other, as some are read for each
   * event; it is kept for as long as this is.
   */
  view<const Names extends Readonly<Record<string, OptionName>>, Rest extends object>(
    names: Names,
    rest: Rest,
  ): View<Names> & Rest {
    const entries = Object.entries(names);
    const inForce = (): View<Names> =>
      Object.fromEntries(entries.map(([name, option]) => [name, this.#current[option]])) as View<Names>;
    const view = { ...rest, ...inForce() };
    this.#refreshes.push(() => Object.assign(view, inForce()));
    return view;
  }
}
