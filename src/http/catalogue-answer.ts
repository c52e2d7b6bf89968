import type { ServerResponse } from 'node:http';
import { renderState } from '../feed/catalogue-feed';
import type { ListingItem } from '../feed/listing';
import type { AnswerSender } from './answer-sender';
import { EndlessAnswer, type EndlessAnswerParts } from './endless-answer';
import { EVENT_STREAM } from './feed-forms';

/** The last id of an `EventSource` that was connected before: it is given everything again. */
const ID = 'listing';

export interface CatalogueAnswerParts extends EndlessAnswerParts {
  readonly type: 'topic' | 'stream';
}

/** Writes what a listing gives. */
export class CatalogueAnswer extends EndlessAnswer<ListingItem> {
  readonly #type: 'topic' | 'stream';

  constructor(response: ServerResponse, answers: AnswerSender, parts: CatalogueAnswerParts) {
    super(response, answers, parts);
    this.#type = parts.type;
  }

  protected idOf(): string {
    return ID;
  }

  protected async send(item: ListingItem): Promise<void> {
    if (item.kind === 'start') await this.write(this.#frame('{"type":"start"}'));
    else if (item.kind === 'caught_up') await this.write(this.#frame('{"type":"caught-up"}'));
    else await this.write(item.states.map((state) => this.#frame(renderState(state, this.#type))).join(''));
  }

  #frame(text: string): string {
    return this.form === EVENT_STREAM ? `data: ${text}\n\n` : `${text}\n`;
  }
}
