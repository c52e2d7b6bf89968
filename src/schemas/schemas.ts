import { CATALOGUE_SCHEMAS } from './catalogue-schemas';
import { DEFINITION_SCHEMAS } from './definition-schemas';
import { ERROR_SCHEMAS } from './error-schemas';
import { EVENT_SCHEMAS } from './event-schemas';
import { type JsonSchema, SCHEMA_PATH } from './json-schema';
import { LIVE_SCHEMAS } from './live-schemas';
import { PARAMETER_SCHEMAS } from './parameter-schemas';
import { ROW_SCHEMAS } from './row-schemas';
import { SERVER_SCHEMAS } from './server-schemas';
import { TIME_SCHEMAS } from './time-schemas';

/** Every named schema: what is sent and given over HTTP and at the hub. */
export const SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  ...TIME_SCHEMAS,
  ...CATALOGUE_SCHEMAS,
  ...EVENT_SCHEMAS,
  ...PARAMETER_SCHEMAS,
  ...DEFINITION_SCHEMAS,
  ...ROW_SCHEMAS,
  ...LIVE_SCHEMAS,
  ...SERVER_SCHEMAS,
  ...ERROR_SCHEMAS,
};

/** Those that a document refers to, and those that these refer to. Throws when there is no such schema. */
export function referredSchemas(document: unknown): Record<string, JsonSchema> {
  const found = new Set<string>();
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, member] of Object.entries(value)) {
      if (key !== '$ref' || typeof member !== 'string') visit(member);
      else if (member.startsWith(SCHEMA_PATH)) add(member.slice(SCHEMA_PATH.length));
    }
  };
  const add = (name: string): void => {
    if (found.has(name)) return;
    const schema = SCHEMAS[name];
    if (schema === undefined) throw new Error(`there is no schema ${name}`);
    found.add(name);
    visit(schema);
  };
  visit(document);
  return Object.fromEntries(Object.entries(SCHEMAS).filter(([name]) => found.has(name)));
}
