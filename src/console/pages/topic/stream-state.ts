/** A stream as the API lists it. Its timestamps are left out: they would need exact numbers. */
export interface StreamState {
  readonly streamId: string;
  readonly status: 'open' | 'closed';
  readonly name?: string;
  /** ISO 8601: when it was last written or changed. */
  readonly updatedAt: string;
  readonly createdAt: string;
  readonly eventCount: number;
}
