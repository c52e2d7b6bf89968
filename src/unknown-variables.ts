import { type OptionSpec, options } from './config';
import { nearest } from './nearest';
import { CONFIG_VARIABLE } from './settings/config-path';
import { secretFileVariable } from './settings/secret-files';

/** An environment variable that looks like one of an option, and is none. */
export interface UnknownVariable {
  readonly name: string;
  /** The option that is probably meant. */
  readonly meant: string | undefined;
}

/** Read by the other commands, and before all options. */
const READ_ELSEWHERE = ['WRITER_HUB_URL', 'WRITER_HUB_TOKEN', CONFIG_VARIABLE];

const OURS = /^writer[_-]?hub[_-]?/i;

/** What Kubernetes sets in every container for a service that is called `writer-hub`. */
const OF_A_SERVICE = /^WRITER_HUB_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)$/;
const SERVICE_ADDRESS = /^(tcp|udp|sctp):\/\//;

/** The variables of an environment that are misspelt, and would do nothing without a word. */
export function unknownVariables(env: NodeJS.ProcessEnv): UnknownVariable[] {
  const specs: OptionSpec<unknown>[] = Object.values(options);
  const secretFiles = specs.filter((spec) => spec.secret === true).map(secretFileVariable);
  const known = new Set([...specs.map((spec) => spec.env), ...secretFiles, ...READ_ELSEWHERE]);
  // Some guess the name of the variable from that of the flag.
  const spellings = new Map(specs.map((spec) => [spec.flag, spec.env]));
  // What all of them begin with would make any two of them alike.
  for (const name of known) spellings.set(name.replace(OURS, ''), name);
  return Object.entries(env)
    .filter(([name, value = '']) => OURS.test(name) && !known.has(name) && !isOfService(name, value))
    .map(([name]) => {
      const meant = nearest(name.replace(OURS, ''), spellings.keys());
      return { name: name.slice(0, 100), meant: meant === undefined ? undefined : spellings.get(meant) };
    });
}

function isOfService(name: string, value: string): boolean {
  return OF_A_SERVICE.test(name) || (name === 'WRITER_HUB_PORT' && SERVICE_ADDRESS.test(value));
}
