import { options, type OptionName } from '../config';

/** Where the value of an option comes from. */
export interface Origin {
  readonly kind: 'flag' | 'environment' | 'file' | 'default';
  /** `--port`, `PORT`, `/etc/writer-hub/writer-hub.toml:3`; empty for a default. */
  readonly where: string;
  /** The file that holds the secret. */
  readonly secretFile?: string | undefined;
}

/** Names options as they were given: by flag, by variable, or by file, line and key. */
export class GivenNames {
  readonly #origins: ReadonlyMap<OptionName, Origin>;

  constructor(origins: ReadonlyMap<OptionName, Origin> = new Map()) {
    this.#origins = origins;
  }

  /** An option that is wrong, with the place where it stands. */
  at(name: OptionName): string {
    const origin = this.#origins.get(name);
    return origin?.kind === 'file' ? `${origin.where}: ${options[name].flag}` : this.of(name, name);
  }

  /** Another option, spelt as the one that is wrong. */
  of(name: OptionName, wrong: OptionName): string {
    const { flag, env } = options[name];
    const kind = this.#origins.get(wrong)?.kind;
    if (kind === 'file') return flag;
    return kind === 'flag' ? `--${flag}` : env;
  }
}
