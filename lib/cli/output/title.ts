/** The `<title>` of a document, for tables that show it. */
import type * as Xml from '../../domain/xml/xml';

/** Empty if there is no title. */
export function titleOf(xml: string): string {
  // Loaded on demand: the parser is a separate package, which `help` and a table without titles don't need.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { parseXml } = require('../../domain/xml/xml') as typeof Xml;
  const title = parseXml(xml).children.find(
    (child) => typeof child === 'object' && child.name === 'title',
  );
  if (typeof title !== 'object') return '';
  return title.children.filter((child) => typeof child === 'string').join('');
}
