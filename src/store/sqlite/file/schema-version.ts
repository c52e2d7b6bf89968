import type { SchemaVersion } from '../../contract/row-store';

/** Topic ids are never reused, so a version names one state of one data source for ever. */
export function toSchemaVersion(topic: number, changes: number): SchemaVersion {
  return `${topic}.${changes}`;
}
