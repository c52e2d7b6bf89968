type Digits = { toString(): string };

/** `GET …/streams/{streamId}`. */
export interface StreamAnswer {
  readonly streamId: string;
  readonly status: string;
  readonly name?: string;
  readonly location?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly parents?: readonly string[];
  readonly timeOfRecording?: Digits;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly eventCount: number;
  readonly firstTimestamp?: Digits;
  readonly lastTimestamp?: Digits;
}
