/** The examples of README.md and docs/library.md; those of the other pages: test/more/container/documents.test.ts. */
import { containerTest, nothing } from '../support/world/container-test';
import { documentPages, runBlocks } from '../support/documents/blocks';
import { expectPrinted, firstPages, furtherPages } from '../support/documents/pages';

containerTest(nothing, { per: 'file' });

test.each(Object.keys(firstPages))('%s', expectPrinted);

test('no page with examples is left out', () => {
  const elsewhere = ['docs/networks.md'];
  const withExamples = runBlocks().flatMap(({ page, language }) =>
    language === 'xml' ? [] : [page],
  );
  expect(
    documentPages()
      .filter((page) => withExamples.includes(page))
      .sort(),
  ).toEqual([...Object.keys(firstPages), ...Object.keys(furtherPages), ...elsewhere].sort());
});
