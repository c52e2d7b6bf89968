import { filterOf, filterQuery, isEmpty, matcher, tagOf, wrongTags } from '../../../src/console/tail/event-filter';
import { shown } from './made-events';

describe('wrongTags', () => {
  it.each([
    ['tag=novalue', ['novalue']],
    ['tag==x&tag=a=1', ['=x']],
    ['tag=', ['']],
    ['tag=a=', []],
    ['id=x', []],
  ])('of %s are %j', (query, wrong) => {
    expect(wrongTags(new URLSearchParams(query))).toEqual(wrong);
  });
});

describe('filterOf', () => {
  it('reads what filterQuery writes', () => {
    const filter = {
      ids: ['Alert', '<b>&=?#'],
      tags: [
        ['car', '1'],
        ['note', 'a=b & c'],
      ],
      text: ' box, box ',
    } as const;
    const query = new URLSearchParams();
    const { id, tag, text } = filterQuery(filter);
    for (const one of id) query.append('id', one);
    for (const one of tag) query.append('tag', one);
    query.append('text', text!);
    expect(filterOf(new URLSearchParams(query.toString()))).toEqual(filter);
  });

  it.each([
    ['nothing', '', { ids: [], tags: [], text: '' }],
    ['an id twice', 'id=a&id=a', { ids: ['a'], tags: [], text: '' }],
    ['an empty id', 'id=', { ids: [], tags: [], text: '' }],
    ['a tag without =', 'tag=car', { ids: [], tags: [], text: '' }],
    ['a tag without a name', 'tag==1', { ids: [], tags: [], text: '' }],
    ['a tag with an empty value', 'tag=car=', { ids: [], tags: [['car', '']], text: '' }],
  ])('reads %s', (_, query, filter) => {
    expect(filterOf(new URLSearchParams(query))).toEqual(filter);
  });

  it('leaves an empty text out of the address', () => {
    expect(filterQuery({ ids: [], tags: [], text: '' })).toEqual({ id: [], tag: [], text: undefined });
    expect(isEmpty(filterOf(new URLSearchParams()))).toBe(true);
  });
});

describe('tagOf', () => {
  it('takes the first = for the end of the name', () => {
    expect(tagOf('a=b=c')).toEqual(['a', 'b=c']);
  });
});

describe('matcher', () => {
  const event = shown(1, { id: 'Alert', value: 'Box, BOX', tags: { car: '1', driver: 'Ada' } });

  it.each([
    ['no filter', '', true],
    ['its id', 'id=Alert', true],
    ['one of several ids', 'id=Lap&id=Alert', true],
    ['another id', 'id=Lap', false],
    ['an id in another case', 'id=alert', false],
    ['all of its tags', 'tag=car=1&tag=driver=Ada', true],
    ['a tag with another value', 'tag=car=1&tag=driver=Bob', false],
    ['a tag that every object inherits', 'tag=constructor=x', false],
    ['text of the value, in another case', 'text=box, box', true],
    ['text of the id', 'text=ALER', true],
    ['text of a tag', 'text=driver%3Dada', true],
    ['text that is nowhere', 'text=pit', false],
    ['an id, but not the text', 'id=Alert&text=pit', false],
  ])('answers for %s', (_, query, expected) => {
    expect(matcher(filterOf(new URLSearchParams(query)))(event)).toBe(expected);
  });

  it('finds no text in an event without a value', () => {
    expect(matcher({ ids: [], tags: [], text: 'null' })(shown(1, { value: null }))).toBe(false);
  });
});
