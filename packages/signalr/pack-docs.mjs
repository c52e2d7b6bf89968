// Before packing: the documentation goes along, without its links to files that do not.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

const page = readFileSync(new URL('../../docs/signalr.md', import.meta.url), 'utf8');
const docs = new URL('docs/', import.meta.url);
mkdirSync(docs, { recursive: true });
writeFileSync(new URL('signalr.md', docs), page.replace(/\[([^\]]+)\]\(\.\.\/[^)]*\)/g, '$1'));
