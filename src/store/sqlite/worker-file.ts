import { join } from 'node:path';

/** The compiled files the store's threads load. Tests put the build's files in their place. */
export const writerFile = join(__dirname, 'writer.js');
export const readerFile = join(__dirname, 'reader.js');
