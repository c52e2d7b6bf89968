import { Router, type Request, type Response } from 'express';
import type { TokenVerifier } from '../../auth/token-verifier';
import type { DataSourceService, PushReport } from '../../datasources/data-source-service';
import { WriterHubError } from '../../errors';
import { readBody, type BodyLimits } from '../body';
import type { AuthenticatedHandler } from '../caller';
import { addRoute, captured } from '../route';
import { describeColumn, describeSource, describeStatus } from './data-source-json';
import { readSchemaRequest } from './schema-request';
import { v0Authenticated } from './v0-caller';

export interface DataSourcesRouterDependencies {
  readonly dataSources: DataSourceService;
  readonly verifier: TokenVerifier;
  readonly limits: BodyLimits;
}

/** `/v0/datasources`: making, describing, changing and removing data sources. */
export function dataSourcesRouter({ dataSources, verifier, limits }: DataSourcesRouterDependencies): Router {
  const router = Router();
  const handle = (handler: AuthenticatedHandler) => v0Authenticated(verifier, handler);
  const { list, push, status, file, remove, addColumns, truncate, dropBare, replay } = handlers(dataSources, limits);

  addRoute(router, /^\/v0\/datasources$/, { GET: handle(list), POST: handle(push) });
  addRoute(router, /^\/v0\/datasources\/([^/]*)\.datasource$/, { GET: handle(file) });
  addRoute(router, /^\/v0\/datasources\/([^/]*)$/, { GET: handle(status), DELETE: handle(remove) });
  addRoute(router, /^\/v0\/datasources\/([^/]*)\/columns$/, { POST: handle(addColumns) });
  addRoute(router, /^\/v0\/datasources\/([^/]*)\/truncate$/, { POST: handle(truncate) });
  addRoute(router, /^\/v0\/datasources\/([^/]*)\/delete$/, { POST: handle(dropBare) });
  addRoute(router, /^\/v0\/datasources\/([^/]*)\/quarantine\/replay$/, { POST: handle(replay) });
  // Rows posted are taken in before Express is reached.
  addRoute(router, /^\/v0\/events$/, {}, ['POST']);
  return router;
}

type HandlerName = 'list' | 'push' | 'status' | 'file' | 'remove' | 'addColumns' | 'truncate' | 'dropBare' | 'replay';

function handlers(dataSources: DataSourceService, limits: BodyLimits): Record<HandlerName, AuthenticatedHandler> {
  return {
    list({ scopes }, _request, response) {
      response.json({ datasources: dataSources.list(scopes).map(describeSource) });
      return Promise.resolve();
    },
    async push({ scopes }, request, response) {
      const { name, text } = await readSchemaRequest(request, limits, 'file');
      sendPushed(response, await dataSources.push(scopes, name, text));
    },
    async status({ scopes }, request, response) {
      response.json(describeStatus(await dataSources.status(scopes, captured(request, 0))));
    },
    async file({ scopes }, request, response) {
      const name = captured(request, 0);
      const text = await dataSources.file(scopes, name);
      response.attachment(`${name}.datasource`);
      response.setHeader('Content-Type', 'text/plain; charset=utf-8');
      response.end(text);
    },
    async remove({ scopes }, request, response) {
      await dataSources.drop(scopes, captured(request, 0));
      response.status(204).end();
    },
    async addColumns({ scopes }, request, response) {
      const name = captured(request, 0);
      dataSources.checkMayAddColumns(scopes, name);
      const { text } = await readSchemaRequest(request, limits, 'columns');
      sendPushed(response, await dataSources.addColumns(scopes, name, text));
    },
    async truncate({ scopes }, request, response) {
      await dataSources.truncate(scopes, captured(request, 0));
      response.json({});
    },
    async dropBare({ scopes }, request, response) {
      await refuseCondition(request, limits);
      await dataSources.drop(scopes, captured(request, 0));
      response.json({});
    },
    async replay({ scopes }, request, response) {
      const { stored, left, errors } = await dataSources.replay(scopes, captured(request, 0));
      response.json({ successful_rows: stored, quarantined_rows: left, ...(errors.length > 0 && { errors }) });
    },
  };
}

function sendPushed(response: Response, { source, created, added, warnings }: PushReport): void {
  const ineffective = warnings.length > 0 && { warnings };
  response.json({
    datasource: describeSource(source),
    created,
    added_columns: added.map(describeColumn),
    ...ineffective,
  });
}

/** Tinybird's route deletes rows by a condition; whoever asks for that must not lose all of them. */
async function refuseCondition(request: Request, limits: BodyLimits): Promise<void> {
  const parameters = Object.keys(request.query).filter((name) => name !== 'token');
  const body = await readBody(request, limits);
  if (parameters.length === 0 && body.length === 0) return;
  throw new WriterHubError(
    'invalid_query',
    'rows are not deleted by a condition; this route removes the whole data source and takes no parameters',
  );
}
