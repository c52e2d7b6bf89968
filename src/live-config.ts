import type { Config, OptionName } from './config';

/** Options under the names that a component gives them. */
type View<Names extends Readonly<Record<string, OptionName>>> = { readonly [K in keyof Names]: Config[Names[K]] };

/** The options in force, which may be others a moment later. */
export class LiveConfig {
  #current: Config;

  constructor(config: Config) {
    this.#current = config;
  }

  get current(): Config {
    return this.#current;
  }

  replace(config: Config): void {
    this.#current = config;
  }

  /**
   * An object with options, which has at each reading what is in force then, and with what else a component needs. It
   * must not be copied by whoever is to see changes.
   */
  view<const Names extends Readonly<Record<string, OptionName>>, Rest extends object>(
    names: Names,
    rest: Rest,
  ): View<Names> & Rest {
    const getters = Object.entries(names).map(([name, option]) => {
      const get = (): unknown => this.#current[option];
      return [name, { enumerable: true, get }] as const;
    });
    return Object.defineProperties({ ...rest }, Object.fromEntries(getters)) as View<Names> & Rest;
  }
}
