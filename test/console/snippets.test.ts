import { snippets } from '../../src/console/pages/welcome/snippets';

const VALUES = { url: 'http://h:1', topic: 't', streamId: 's', dataSource: 't_rows', token: 'eyJ.a.b' };

describe('snippets', () => {
  it('have the address and the token in each', () => {
    for (const { text } of snippets(VALUES)) {
      expect(text).toContain('http://h:1/');
      expect(text).toContain('eyJ.a.b');
    }
  });

  it.each([
    ["it's", 'curl', 'topics/it%27s/streams'],
    ['"x"', 'node', String.raw`"\"x\""`],
    ['</script><b>', 'page', '%3C%2Fscript%3E%3Cb%3E'],
    ['$(rm)', 'curl', 'topics/%24%28rm%29/streams'],
  ])('quote the topic %s for %s', (topic, id, expected) => {
    expect(snippets({ ...VALUES, topic }).find((snippet) => snippet.id === id)?.text).toContain(expected);
  });

  it('cannot be ended by a token', () => {
    const page = snippets({ ...VALUES, token: '</script><script>alert(1)' }).find(({ id }) => id === 'page');
    expect(page?.text.match(/<\/script>/g)).toHaveLength(1);
  });
});
