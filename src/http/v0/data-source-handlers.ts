import type { Request, Response } from 'express';
import { topicHolder, type Principal } from '../../auth/principal';
import type { PushReport } from '../../datasources/data-source-service';
import { WriterHubError } from '../../errors';
import type { Position } from '../../store/contract/position';
import type { BodyOwner, BodyReader } from '../body-reader';
import { PageQuery } from '../page-query';
import { queryOf } from '../request-target';
import { pathParameter } from '../express-router';
import type { AuthenticatedHandler } from '../route';
import type { RouteContext } from '../route-context';
import { describeColumn, describeSource, describeStatus } from './data-source-json';
import { readSchemaRequest, type SchemaBody } from './schema-request';

/** The most bytes that are read of a condition, which is refused anyway. */
const LONGEST_CONDITION = 64 * 1024;

/** A list is written in pieces of this many characters. */
const LIST_PIECE = 64 * 1024;

/** Handlers that create, describe, change and remove data sources. */
export interface DataSourceHandlers {
  readonly list: AuthenticatedHandler;
  readonly push: AuthenticatedHandler;
  readonly status: AuthenticatedHandler;
  readonly file: AuthenticatedHandler;
  readonly remove: AuthenticatedHandler;
  readonly addColumns: AuthenticatedHandler;
  readonly truncate: AuthenticatedHandler;
  readonly removeByPost: AuthenticatedHandler;
  readonly replay: AuthenticatedHandler;
}

export function dataSourceHandlers({
  dataSources,
  bodies,
  answers,
  turns,
}: Pick<RouteContext, 'dataSources' | 'bodies' | 'answers' | 'turns'>): DataSourceHandlers {
  /** The text of a list of many columns takes its time. */
  const inTurn = async ({ holder }: Principal, { socket }: Request): Promise<void> => {
    if (!turns.mayBegin()) await turns.wait(holder, socket);
  };

  const schemaBody = (holds: SchemaBody['holds']): SchemaBody => ({ holds, maxBytes: dataSources.maxSchemaBytes });
  return {
    async list(principal, request, response) {
      const { scopes, holder } = principal;
      const reservation = answers.reserve(response, holder, 0);
      const chunks: Buffer[] = [];
      let text = '{"datasources":[';
      let bytes = 0;
      for (const [index, source] of dataSources.list(scopes).entries()) {
        await inTurn(principal, request);
        text += `${index === 0 ? '' : ','}${JSON.stringify(describeSource(source))}`;
        if (text.length < LIST_PIECE) continue;
        chunks.push(Buffer.from(text));
        text = '';
        bytes += chunks.at(-1)!.length;
        reservation.adjust(bytes);
      }
      chunks.push(Buffer.from(`${text}]}`));
      reservation.adjust(bytes + chunks.at(-1)!.length);
      response.setHeader('Content-Type', 'application/json; charset=utf-8');
      answers.send(response, holder, chunks);
    },
    async push(principal, request, response) {
      const { scopes, holder } = principal;
      dataSources.checkMayPush(scopes);
      const { name, text } = await readSchemaRequest({ request, response, holder }, bodies, schemaBody('file'));
      const posted = { name, text, holder, creator: topicHolder(principal) };
      const report = await dataSources.push(scopes, posted);
      await inTurn(principal, request);
      sendPushed(response, report);
    },
    async status(principal, request, response) {
      const status = await dataSources.status(principal.scopes, pathParameter(request, 'name'));
      await inTurn(principal, request);
      response.json(describeStatus(status));
    },
    async file({ scopes }, request, response) {
      const name = pathParameter(request, 'name');
      const text = await dataSources.file(scopes, name);
      response.attachment(`${name}.datasource`);
      response.setHeader('Content-Type', 'text/plain; charset=utf-8');
      response.end(text);
    },
    async remove({ scopes, holder }, request, response) {
      await dataSources.drop(scopes, pathParameter(request, 'name'), holder);
      response.status(204).end();
    },
    async addColumns(principal, request, response) {
      const { scopes, holder } = principal;
      const name = pathParameter(request, 'name');
      dataSources.checkMayAddColumns(scopes, name);
      const { text } = await readSchemaRequest({ request, response, holder }, bodies, schemaBody('columns'));
      const report = await dataSources.addColumns(scopes, name, text, holder);
      await inTurn(principal, request);
      sendPushed(response, report);
    },
    async truncate({ scopes, holder }, request, response) {
      await dataSources.truncate(scopes, pathParameter(request, 'name'), holder);
      response.json({});
    },
    async removeByPost({ scopes, holder }, request, response) {
      const name = pathParameter(request, 'name');
      dataSources.checkMayDrop(scopes, name);
      await refuseCondition({ request, response, holder, maxBytes: LONGEST_CONDITION }, bodies);
      await dataSources.drop(scopes, name, holder);
      response.json({});
    },
    async replay({ scopes, holder }, request, response) {
      const name = pathParameter(request, 'name');
      dataSources.checkMayReplay(scopes, name);
      const row = await readReplayedRow({ request, response, holder }, bodies);
      const { stored, left, errors } = await (row === undefined
        ? dataSources.replay(scopes, name, holder)
        : dataSources.replayRow(scopes, name, row, holder));
      response.json({ successful_rows: stored, quarantined_rows: left, ...(errors.length > 0 && { errors }) });
    },
  };
}

function sendPushed(response: Response, { source, created, added, quarantined, warnings }: PushReport): void {
  response.json({
    datasource: describeSource(source),
    created,
    added_columns: added.map(describeColumn),
    ...(quarantined > 0 && {
      quarantine_rows: quarantined,
      quarantine_replay: `POST /v0/datasources/${encodeURIComponent(source.name)}/quarantine/replay`,
    }),
    ...(warnings.length > 0 && { warnings }),
  });
}

/** Tinybird's route deletes rows by a condition. A caller who asks for that must not lose all of them. */
async function refuseCondition(owner: BodyOwner, bodies: BodyReader): Promise<void> {
  const parameters = [...queryOf(owner.request.url).keys()].filter((name) => name !== 'token');
  const body = await bodies.read(owner);
  if (parameters.length === 0 && body.length === 0) return;
  throw new WriterHubError(
    'invalid_query',
    'rows are not deleted by a condition; this route removes the whole data source and takes no parameters',
  );
}

/** Which quarantined row is sent through again, and what in its place; `undefined`: all of them are. */
async function readReplayedRow(
  owner: BodyOwner,
  bodies: BodyReader,
): Promise<{ readonly position: Position; readonly mended: Uint8Array | undefined } | undefined> {
  const position = new PageQuery(owner.request.url).position('offset');
  const body = await bodies.read(owner);
  if (position !== undefined) return { position, mended: body.length === 0 ? undefined : body };
  if (body.length === 0) return undefined;
  throw new WriterHubError(
    'invalid_query',
    'a mended row needs the offset of the quarantined row whose place it takes',
  );
}
