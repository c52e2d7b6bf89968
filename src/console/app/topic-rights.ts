/** What a token may do to a topic, as its scopes say; the server has the last word. */
export interface TopicRights {
  readonly create: boolean;
  readonly append: boolean;
  readonly read: boolean;
}

/** Of scopes in the server's own form or in Tinybird's: `admin`, `create`, `append:cars`, `read:*`. */
export function rightsTo(topic: string, scopes: readonly string[]): TopicRights {
  const isAdmin = scopes.some((scope) => /^admin$/i.test(scope));
  const create = isAdmin || scopes.some((scope) => scope === 'create' || /^datasources?:create$/i.test(scope));
  const may = (kind: 'append' | 'read'): boolean => scopes.some((scope) => allows(scope, kind, topic));
  return { create, append: create || may('append'), read: isAdmin || may('read') };
}

function allows(scope: string, kind: 'append' | 'read', topic: string): boolean {
  const own = `${kind}:`;
  const pattern = scope.startsWith(own)
    ? scope.slice(own.length)
    : new RegExp(`^datasources?:${kind}:(.*)$`, 'is').exec(scope)?.[1];
  if (pattern === undefined) return false;
  return pattern.endsWith('*') ? topic.startsWith(pattern.slice(0, -1)) : pattern === topic;
}
