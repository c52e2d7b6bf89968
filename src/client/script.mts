// For script tags: the global `writerHub`.
import { HubError } from './hub-error.js';
import { WriterHubClient } from './writer-hub-client.js';

Object.assign(globalThis, { writerHub: { HubError, WriterHubClient } });
