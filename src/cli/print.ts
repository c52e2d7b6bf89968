/** Writes text to the user of the command. Resolves once the text has been written out. */
export type Print = (text: string) => Promise<void>;
