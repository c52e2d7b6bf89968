import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { WriterHubError } from '../../errors';
import type { BodyReader } from '../body-reader';
import { queryOf } from '../request-target';

/** A schema that is sent, and the name that comes with it. */
export interface SchemaRequest {
  readonly name: string | undefined;
  /** Of a `.datasource` file. */
  readonly text: string;
}

/** Parameters of the Events API that would do something else than make or change a data source. */
const MODES = ['', 'create'];

/**
 * Reads a schema: as the body, whatever its content type, with the name in the query; or a form with the fields `name` and `schema`, both of
 * which may stand in the query as well. A body is the text of a `.datasource` file or columns alone, which a field always is.
 */
export async function readSchemaRequest(
  request: IncomingMessage,
  bodies: BodyReader,
  bodyHolds: 'file' | 'columns',
): Promise<SchemaRequest> {
  const query = queryOf(request.url);
  const body = await bodies.read(request);
  if (!isUtf8(body)) throw new WriterHubError('malformed_body', 'the body is not valid UTF-8');
  const text = body.toString();
  const form = formFields(request.headers['content-type'], text);
  const field = (name: string): string | undefined => form?.get(name) ?? query.get(name) ?? undefined;
  checkMode(field('mode') ?? '');
  const columns = field('schema');
  if (columns !== undefined) return { name: field('name'), text: fileOf(columns) };
  if (text.trim() !== '') {
    return { name: query.get('name') ?? undefined, text: bodyHolds === 'file' ? text : fileOf(text) };
  }
  throw new WriterHubError('invalid_schema', 'there is no schema: send it as the body');
}

/** `curl --data-binary @file` says that a file is a form, too; only one that has the field `schema` is. */
function formFields(contentType: string | undefined, text: string): URLSearchParams | undefined {
  if (contentType?.startsWith('application/x-www-form-urlencoded') !== true) return undefined;
  const fields = new URLSearchParams(text);
  return fields.has('schema') || fields.has('mode') ? fields : undefined;
}

function checkMode(mode: string): void {
  if (MODES.includes(mode)) return;
  throw new WriterHubError('invalid_query', `mode=${mode.slice(0, 40)} is not create; rows go to /v0/events`);
}

/** The text of a file with these columns; its lines are indented. */
function fileOf(columns: string): string {
  return `SCHEMA >\n${columns.replace(/^/gm, '    ')}`;
}
