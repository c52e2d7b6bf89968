import { isDeepStrictEqual } from 'node:util';
import { type Config, ConfigError, options, type OptionName, type OptionSpec, type ReloadableName } from '../config';
import type { LiveConfig } from '../live-config';
import type { ReloadResult } from '../metrics/reload-metrics';
import { completeConfig } from './settings';

/** What became of a configuration that was read again. */
export interface ReloadOutcome {
  readonly result: ReloadResult;
  /** Options that have another value now. */
  readonly changed: readonly OptionName[];
  /** Options whose new value takes effect at the next start. */
  readonly waiting: readonly OptionName[];
  /** Why the old configuration stays in force. */
  readonly error?: ConfigError;
}

/** Makes a change ready, and returns what carries it out and cannot fail. Throws when it cannot be carried out. */
export type PrepareChange = (next: Config) => () => void;

/** Who takes new values. */
export interface ConfigTaker {
  readonly options: readonly ReloadableName[];
  readonly prepare: PrepareChange;
  /** Whether there is something to take though no option has changed, such as the contents of a file. */
  readonly always?: boolean;
}

export interface ReloaderParts {
  readonly live: LiveConfig;
  readonly takers: readonly ConfigTaker[];
  /** Reloadable options that cannot change from what they are to this after all. */
  readonly fixed: (before: Config, next: Config) => readonly OptionName[];
  readonly onReloaded: (outcome: ReloadOutcome) => void;
}

/** Puts another configuration in force while the server runs: all of it that can change, or nothing. */
export class Reloader {
  readonly #parts: ReloaderParts;

  constructor(parts: ReloaderParts) {
    this.#parts = parts;
  }

  /** `load` gives the new configuration, or throws a `ConfigError`. */
  reload(load: () => Partial<Config>): ReloadOutcome {
    const outcome = this.#reload(load);
    this.#parts.onReloaded(outcome);
    return outcome;
  }

  #reload(load: () => Partial<Config>): ReloadOutcome {
    const { live, takers, fixed } = this.#parts;
    const before = live.current;
    try {
      const wanted = completeConfig(load());
      const different = names.filter((name) => !isDeepStrictEqual(before[name], wanted[name]));
      const stuck = fixed(before, wanted);
      const changed = different.filter((name) => isReloadable(name) && !stuck.includes(name));
      const next: Config = { ...before, ...Object.fromEntries(changed.map((name) => [name, wanted[name]])) };
      const concerned = takers.filter(
        (taker) => taker.always === true || taker.options.some((name) => changed.includes(name)),
      );
      const changes = concerned.map(({ prepare }) => prepare(next));
      live.replace(next);
      for (const change of changes) change();
      return { result: 'success', changed, waiting: different.filter((name) => !changed.includes(name)) };
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      return { result: 'failure', changed: [], waiting: [], error };
    }
  }
}

const names = Object.keys(options) as OptionName[];

/** Whether a server that runs takes a new value of an option. */
export function isReloadable(name: OptionName): name is ReloadableName {
  return (options[name] as OptionSpec<unknown>).reload === true;
}
