import type { DefinitionsPut, StreamPut } from '../../contract/event-log';
import type { Definition } from '../../contract/definitions';
import type { DataSourceChange } from '../../contract/row-store';
import type { Change } from './messages';

type ChangeOf<Kind extends Change['kind']> = Extract<Change, { readonly kind: Kind }>;

export function putStream({ topic, streamId, properties, createTopic, creator }: StreamPut): ChangeOf<'put_stream'> {
  return { kind: 'put_stream', topic, streamId, createTopic, creator, properties: JSON.stringify(properties) };
}

export function putDefinitions({
  topic,
  streamId,
  createTopic,
  creator,
  definitions: { parameters, events },
}: DefinitionsPut): ChangeOf<'put_definitions'> {
  const definitions = {
    ...(parameters && { parameters: textOf(parameters) }),
    ...(events && { events: textOf(events) }),
  };
  return { kind: 'put_definitions', topic, streamId, createTopic, creator, definitions };
}

export function changeDataSource({
  name,
  schemaVersion,
  definition,
  converted = [],
  added,
}: DataSourceChange): ChangeOf<'change_data_source'> {
  return { kind: 'change_data_source', name, schemaVersion, definition, converted, added };
}

export function revokeToken(tokenId: string, expiresAt?: number): ChangeOf<'revoke_token'> {
  return { kind: 'revoke_token', tokenId, expiresAt: expiresAt === undefined ? null : Math.ceil(expiresAt) };
}

function textOf(list: readonly Definition[]): string {
  return list.length === 0 ? '' : JSON.stringify(list);
}
