import { join } from 'node:path';

/** The compiled file that the threads load. Tests put the build's file in its place. */
export const WORK_THREAD_FILE = join(__dirname, 'work-thread.js');
