export type * from './dist/client-types.js';
