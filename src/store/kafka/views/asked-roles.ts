import type { ReadRoles } from '../view-division';

type TopicOf<Method> = Method extends (...args: infer Args) => unknown ? (...args: Args) => string : never;

/** By what the arguments of a method say, the topic that it is about. */
export type TopicsOf<Role> = { readonly [Name in keyof Role]: TopicOf<Role[Name]> };

const first = (topic: string): string => topic;
const ofQuery = ({ topic }: { readonly topic: string }): string => topic;
const ofRows = ({ name }: { readonly name: string }): string => name;

/** What can be asked of a hub about one topic. `namedTopics` is about several, and asked of several hubs. */
export const ASKED: {
  readonly [Role in keyof ReadRoles]: TopicsOf<Omit<ReadRoles[Role], 'namedTopics'>>;
} = {
  catalogue: {
    topic: first,
    stream: first,
    streams: first,
    namedStreams: first,
    definitions: first,
    recentStreams: first,
  },
  log: { read: ofQuery, resolve: first },
  parameters: { readPackages: ofQuery, readSamples: ofQuery, aggregateSamples: ofQuery, seenParameters: first },
  rows: {
    quarantinedRows: first,
    quarantinedRowAt: first,
    readRows: ofRows,
    readQuarantine: ofRows,
    resolveRows: first,
  },
  view: { tryRetention: ofQuery },
};

type Method = (...args: readonly unknown[]) => unknown;

/** Asks a hub that has a view of a topic; `call` is `role.method`. */
export type Ask = (topic: string, call: string, args: readonly unknown[]) => Promise<unknown>;

/** A role, where what is about other topics is asked of other hubs. What is not in `ASKED` stays as it is. */
export function routed<Role extends object>(
  role: keyof ReadRoles,
  local: Role,
  isHere: (topic: string) => boolean,
  ask: Ask,
): Role {
  const methods = local as Readonly<Record<string, Method>>;
  const topics = ASKED[role] as Readonly<Record<string, (...args: readonly unknown[]) => string>>;
  const call = (name: string): Method => {
    const topicOf = topics[name];
    if (topicOf === undefined) return (...args) => methods[name]!(...args);
    return (...args) => {
      const topic = topicOf(...args);
      return isHere(topic) ? methods[name]!(...args) : ask(topic, `${role}.${name}`, args);
    };
  };
  return Object.fromEntries(methodsOf(local).map((name) => [name, call(name)])) as Role;
}

function methodsOf(local: object): string[] {
  const prototype = Object.getPrototypeOf(local) as object;
  const names = [...Object.getOwnPropertyNames(prototype), ...Object.keys(local)];
  return names.filter((name) => name !== 'constructor' && typeof Reflect.get(local, name) === 'function');
}

/** Carries out what another hub asks. Throws when there is no such call. */
export function answer(roles: ReadRoles, call: string, args: readonly unknown[]): Promise<unknown> {
  const [role = '', name = ''] = call.split('.');
  const topics: Readonly<Record<string, object>> = ASKED;
  const isKnown =
    call === 'catalogue.namedTopics' || (Object.hasOwn(topics, role) && Object.hasOwn(topics[role]!, name));
  if (!isKnown) throw new TypeError(`there is no call ${call}`);
  const methods = roles[role as keyof ReadRoles] as unknown as Readonly<Record<string, Method>>;
  return methods[name]!(...args) as Promise<unknown>;
}
