/**
 * The examples of docs/ that are not in test/container/readme-and-library.test.ts, which also looks for a page without a
 * test; those of docs/networks.md are in test/more/network/documents.test.ts.
 */
import { containerTest, nothing } from '../../support/world/container-test';
import { expectPrinted, furtherPages } from '../../support/documents/pages';

containerTest(nothing, { per: 'file' });

test.each(Object.keys(furtherPages))('%s', expectPrinted);
