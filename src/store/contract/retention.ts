/** How long a topic of either kind keeps what it holds. What is absent is as the store's own default has it. */
export interface Retention {
  /**
   * Milliseconds after it was stored, whatever its timestamps say; 0: for ever. Of a data source that goes for
   * quarantined rows as well.
   */
  readonly age?: number;
  /** Bytes of its texts, about; 0: any number. */
  readonly bytes?: number;
}

/** What is to become of the retention of a topic. */
export interface RetentionChange {
  readonly topic: string;
  /** As in `Retention`; `null`: as the default has it; absent: as it is. */
  readonly age?: number | null;
  readonly bytes?: number | null;
  /** Whether it may leave the topic without an event or row at once. */
  readonly confirmed: boolean;
}
