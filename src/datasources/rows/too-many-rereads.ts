/** Why a row does not fit whose bytes would have to be read more than `most` times again. */
export function tooManyRereads(most: number): string {
  const cause = 'columns of different types take the same field, or fields around each other';
  return `its bytes would have to be read more than ${most} times again (max-rereads), because ${cause}`;
}
