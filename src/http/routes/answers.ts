import type { Answer } from '../route';

export const JSON_TYPE = 'application/json';

export const DONE: Answer = { status: 200, mediaTypes: [], meaning: 'done, committed and synced' };
