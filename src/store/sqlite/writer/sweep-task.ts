/** Something that is deleted little by little. */
export interface SweepTask {
  /** Deletes a little, within a transaction, in a millisecond or so; says whether there is more. */
  deleteSome(): boolean;
}
