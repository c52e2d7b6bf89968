import { HUB_INTRODUCTION } from './hub-introduction';
import { inlineHtml, markdownHtml, text } from './html';
import {
  type CallbackText,
  type ErrorText,
  hubReference,
  type HubReference,
  type MethodText,
  type ParameterText,
  type TypeText,
} from './hub-reference';
import type { TypePart } from './type-text';

/** The page about the methods of the hub, without scripts. `style`: the address of its style sheet. */
export function hubPage({ style, version }: { readonly style: string; readonly version: string }): string {
  const reference = hubReference();
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>The methods of the hub · Writer hub</title>
<link rel="stylesheet" href="${text(style)}">
</head>
<body>
<a class="skip" href="#content">Skip to the methods</a>
<header>
<p class="product">Writer hub <span>${text(version)}</span></p>
<nav aria-label="Reference"><a href="swagger">HTTP</a><a href="hub-methods" aria-current="page">Hub</a><a href="asyncapi.json">AsyncAPI</a><a href=".">Console</a></nav>
</header>
<div class="columns">
<nav class="contents" aria-label="Methods">${contents(reference)}</nav>
<main id="content">
<h1>The methods of the hub</h1>
${markdownHtml(HUB_INTRODUCTION)}
${reference.groups.map(groupSection).join('\n')}
<section><h2 id="methods-of-the-client">Methods of the client</h2>
<p>What the hub calls. Register each with <code>on</code> before subscribing.</p>
${reference.callbacks.map(callbackArticle).join('\n')}</section>
<section><h2 id="errors">Errors</h2>
${table(['code', 'try again', 'meaning'], reference.errors.map(errorRow))}</section>
<section><h2 id="types">Types</h2>
<p>In the notation of TypeScript; <code>int64</code> and <code>integer</code> are JSON numbers.</p>
${reference.types.map(typeArticle).join('\n')}</section>
</main>
</div>
</body>
</html>
`;
}

function contents({ groups, callbacks }: HubReference): string {
  const list = (heading: string, names: readonly { readonly name: string }[]): string =>
    `<h2>${text(heading)}</h2><ul>${names.map(({ name }) => `<li><a href="#${text(name)}">${text(name)}</a></li>`).join('')}</ul>`;
  return [
    ...groups.map(({ heading, methods }) => list(heading, methods)),
    list('Methods of the client', callbacks),
    '<h2><a href="#errors">Errors</a></h2>',
    '<h2><a href="#types">Types</a></h2>',
  ].join('\n');
}

function groupSection({ heading, meaning, methods }: HubReference['groups'][number]): string {
  return `<section><h2>${text(heading)}</h2><p>${inlineHtml(meaning)}</p>${methods.map(methodArticle).join('\n')}</section>`;
}

function methodArticle(method: MethodText): string {
  const { name, meaning, details, scopes, callbacks, errors, example } = method;
  const facts = [
    ['Answer', answerHtml(method)],
    ['Scope', scopes.length === 0 ? 'any token' : scopes.map(codeHtml).join(' or ')],
    ...(callbacks.length === 0 ? [] : [['Calls', callbacks.map(linkHtml).join(', ')]]),
    ['Errors', errors.map(errorLink).join(' ')],
  ];
  return `<article id="${text(name)}">${headingHtml(method)}
<p>${inlineHtml(meaning)}${details === undefined ? '' : ` ${inlineHtml(details)}`}</p>
${parameterTable(method.parameters)}
<dl>${facts.map(([term, html]) => `<div><dt>${term!}</dt><dd>${html!}</dd></div>`).join('')}</dl>
${example === undefined ? '' : `<pre tabindex="0"><code>${text(example)}</code></pre>`}</article>`;
}

function headingHtml({ name, signature }: Pick<CallbackText, 'name' | 'signature'>): string {
  const parameters = signature.slice(name.length);
  return `<h3><a href="#${text(name)}"><code><b>${text(name)}</b>${text(parameters)}</code></a></h3>`;
}

function answerHtml({ answer }: MethodText): string {
  if (answer === undefined) return 'nothing, once it is done';
  return `${answer.isStream ? 'a stream of ' : ''}${typeHtml(answer.type)}<br>${inlineHtml(answer.meaning)}`;
}

function callbackArticle(callback: CallbackText): string {
  return `<article id="${text(callback.name)}">${headingHtml(callback)}<p>${inlineHtml(callback.meaning)}</p>
${parameterTable(callback.parameters)}</article>`;
}

function parameterTable(parameters: readonly ParameterText[]): string {
  const rows = parameters.map(({ name, type, note, meaning }) => {
    const kind = `${note === 'stream' ? 'a stream of ' : ''}${typeHtml(type)}${note === 'optional' ? ' <em>optional</em>' : ''}`;
    return [`<code>${text(name)}</code>`, kind, inlineHtml(meaning)];
  });
  return table(['argument', 'type', 'meaning'], rows);
}

function typeArticle({ name, meaning, type, members }: TypeText): string {
  const rows = members.map((member) => [
    `<code>${text(member.name)}${member.isOptional ? '?' : ''}</code>`,
    typeHtml(member.type),
    inlineHtml(member.meaning),
  ]);
  const shape =
    type.length === 0
      ? ''
      : `<p>${members.length > 0 ? 'What ' : ''}${typeHtml(type)}${members.length > 0 ? ' has, and' : ''}</p>`;
  return `<article id="${text(name)}"><h3><a href="#${text(name)}"><code><b>${text(name)}</b></code></a></h3>
${meaning === '' ? '' : `<p>${inlineHtml(meaning)}</p>`}${shape}${table(['member', 'type', 'meaning'], rows)}</article>`;
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const head = heads.map((name) => `<th scope="col">${text(name)}</th>`).join('');
  const body = rows.map((cells) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`).join('');
  return `<div class="table" tabindex="0" role="group" aria-label="${text(heads.join(', '))}"><table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}

function typeHtml(parts: readonly TypePart[]): string {
  return `<code>${parts.map((part) => (typeof part === 'string' ? text(part) : `<a href="#${text(part.name)}">${text(part.name)}</a>`)).join('')}</code>`;
}

function codeHtml(code: string): string {
  return `<code>${text(code)}</code>`;
}

function linkHtml(name: string): string {
  return `<a href="#${text(name)}"><code>${text(name)}</code></a>`;
}

function errorLink(code: string): string {
  return `<a href="#${text(code)}"><code>${text(code)}</code></a>`;
}

function errorRow({ code, retry, meaning }: ErrorText): readonly string[] {
  return [`<code id="${text(code)}">${text(code)}</code>`, retry ? 'yes' : 'no', inlineHtml(meaning)];
}
