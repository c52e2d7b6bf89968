/** A connection that may stop reading. */
export interface FlowMember {
  /** Reads on or stops reading, as is allowed now. */
  updateFlow(): void;
}

/** The connections that one holder answers for. */
export class HolderGroup {
  /** Whether none of them may read for now. */
  readingPaused = false;
  readonly members = new Set<FlowMember>();
}

/** All connections by their holders, so that one holder's can be paused without a look at the others. */
export class HolderGroups {
  readonly #groups = new Map<string, HolderGroup>();

  /** Adds a connection to the group of its holder. Those without one are in a group that is not paused. */
  join(holder: string | undefined, member: FlowMember): HolderGroup {
    if (holder === undefined) return NOBODY;
    const group = this.#group(holder);
    group.members.add(member);
    return group;
  }

  leave(holder: string | undefined, member: FlowMember): void {
    if (holder === undefined) return;
    this.#group(holder).members.delete(member);
    this.#forgetIfIdle(holder);
  }

  /** Stops or resumes reading from the connections of a holder, also from those that come later. */
  setPaused(holder: string, paused: boolean): void {
    const group = this.#group(holder);
    if (group.readingPaused !== paused) {
      group.readingPaused = paused;
      for (const member of [...group.members]) member.updateFlow();
    }
    this.#forgetIfIdle(holder);
  }

  #group(holder: string): HolderGroup {
    let group = this.#groups.get(holder);
    if (group === undefined) this.#groups.set(holder, (group = new HolderGroup()));
    return group;
  }

  #forgetIfIdle(holder: string): void {
    const group = this.#groups.get(holder);
    if (group !== undefined && !group.readingPaused && group.members.size === 0) this.#groups.delete(holder);
  }
}

const NOBODY = new HolderGroup();
