import { watchConsoleToken } from './console-token';
import { fetchForAWhile } from './endless-answers';
import { indentJson } from './exact-json';

/** What is used of Swagger UI, which is loaded before. */
declare const SwaggerUIBundle: (options: object) => SwaggerUi;

interface SwaggerUi {
  preauthorizeApiKey(scheme: string, value: string): unknown;
  readonly authActions: { logout(schemes: readonly string[]): unknown };
}

/** The scheme of the header `Authorization` in the document. */
const SCHEME = 'bearer';

interface ResponseBody {
  readonly content: unknown;
  readonly contentType?: string;
}

interface Parts {
  readonly React: { createElement(component: unknown, properties: object): unknown };
}

/** Swagger UI reads JSON with `JSON.parse`, which rounds what is longer than 53 bits: it gets text instead. */
const EXACT_ANSWERS = {
  wrapComponents: {
    responseBody:
      (Original: unknown, { React }: Parts) =>
      (properties: ResponseBody) => {
        const { content, contentType = '' } = properties;
        const isJson = typeof content === 'string' && contentType.includes('json');
        if (!isJson) return React.createElement(Original, properties);
        const exact = { ...properties, content: indentJson(content), contentType: 'text/plain' };
        return React.createElement(Original, exact);
      },
  },
};

interface Operation {
  readonly parameters?: readonly { readonly in: string; readonly schema: { default?: unknown } }[];
}

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

/**
 * Swagger UI sends each parameter that has a default, and some of them do not go together with others: what is not
 * filled in is not sent.
 */
function withoutDefaults(document: OpenApi): OpenApi {
  for (const path of Object.values(document.paths)) {
    for (const { parameters = [] } of Object.values(path)) {
      for (const parameter of parameters) if (parameter.in === 'query') delete parameter.schema.default;
    }
  }
  return document;
}

function tell(text: string): void {
  document.getElementById('session')!.textContent = text;
}

/** Has the page dark where the system is. */
function followColours(): void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const apply = (): void => {
    document.documentElement.classList.toggle('dark-mode', dark.matches);
  };
  dark.addEventListener('change', apply);
  apply();
}

function begin(document: OpenApi): void {
  const ui = SwaggerUIBundle({
    dom_id: '#swagger',
    spec: withoutDefaults(document),
    // Nothing is asked of anybody else, and no address can have the page ask.
    validatorUrl: null,
    queryConfigEnabled: false,
    deepLinking: true,
    displayRequestDuration: true,
    defaultModelsExpandDepth: 0,
    docExpansion: 'list',
    filter: true,
    tryItOutEnabled: true,
    plugins: [() => EXACT_ANSWERS],
    requestInterceptor: (request: object) => ({ ...request, userFetch: fetchForAWhile }),
    onComplete: () => {
      watchConsoleToken((token) => {
        if (token === undefined) ui.authActions.logout([SCHEME]);
        else ui.preauthorizeApiKey(SCHEME, token);
        tell(token === undefined ? 'signed out' : 'signed in as in the console');
      });
    },
  });
}

followColours();
fetch('openapi.json')
  .then(async (response) => {
    if (!response.ok) throw new Error(`it was answered with ${response.status}`);
    begin((await response.json()) as OpenApi);
  })
  .catch((error: unknown) => {
    tell(`openapi.json cannot be loaded: ${error instanceof Error ? error.message : String(error)}`);
  });
