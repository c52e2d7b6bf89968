import type { Request, Response } from 'express';
import { topicHolder } from '../../auth/principal';
import type { DataSourceService, PushReport } from '../../datasources/data-source-service';
import { WriterHubError } from '../../errors';
import type { BodyReader } from '../body-reader';
import { pathParameter } from '../express-router';
import type { AuthenticatedHandler } from '../route';
import { describeColumn, describeSource, describeStatus } from './data-source-json';
import { readSchemaRequest } from './schema-request';

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

export function dataSourceHandlers(dataSources: DataSourceService, bodies: BodyReader): DataSourceHandlers {
  return {
    list({ scopes }, _request, response) {
      response.json({ datasources: dataSources.list(scopes).map(describeSource) });
      return Promise.resolve();
    },
    async push(principal, request, response) {
      const { name, text } = await readSchemaRequest(request, bodies, 'file');
      const holder = topicHolder(principal);
      sendPushed(response, await dataSources.push(principal.scopes, { name, text, holder }));
    },
    async status({ scopes }, request, response) {
      response.json(describeStatus(await dataSources.status(scopes, pathParameter(request, 'name'))));
    },
    async file({ scopes }, request, response) {
      const name = pathParameter(request, 'name');
      const text = await dataSources.file(scopes, name);
      response.attachment(`${name}.datasource`);
      response.setHeader('Content-Type', 'text/plain; charset=utf-8');
      response.end(text);
    },
    async remove({ scopes }, request, response) {
      await dataSources.drop(scopes, pathParameter(request, 'name'));
      response.status(204).end();
    },
    async addColumns({ scopes }, request, response) {
      const name = pathParameter(request, 'name');
      dataSources.checkMayAddColumns(scopes, name);
      const { text } = await readSchemaRequest(request, bodies, 'columns');
      sendPushed(response, await dataSources.addColumns(scopes, name, text));
    },
    async truncate({ scopes }, request, response) {
      await dataSources.truncate(scopes, pathParameter(request, 'name'));
      response.json({});
    },
    async removeByPost({ scopes }, request, response) {
      await refuseCondition(request, bodies);
      await dataSources.drop(scopes, pathParameter(request, 'name'));
      response.json({});
    },
    async replay({ scopes }, request, response) {
      const { stored, left, errors } = await dataSources.replay(scopes, pathParameter(request, 'name'));
      response.json({ successful_rows: stored, quarantined_rows: left, ...(errors.length > 0 && { errors }) });
    },
  };
}

function sendPushed(response: Response, { source, created, added, warnings }: PushReport): void {
  response.json({
    datasource: describeSource(source),
    created,
    added_columns: added.map(describeColumn),
    ...(warnings.length > 0 && { warnings }),
  });
}

/** Tinybird's route deletes rows by a condition. A caller who asks for that must not lose all of them. */
async function refuseCondition(request: Request, bodies: BodyReader): Promise<void> {
  const parameters = Object.keys(request.query).filter((name) => name !== 'token');
  const body = await bodies.read(request);
  if (parameters.length === 0 && body.length === 0) return;
  throw new WriterHubError(
    'invalid_query',
    'rows are not deleted by a condition; this route removes the whole data source and takes no parameters',
  );
}
