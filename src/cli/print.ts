/** Writes text for whoever runs the command; resolves when it has gone out. */
export type Print = (text: string) => Promise<void>;
