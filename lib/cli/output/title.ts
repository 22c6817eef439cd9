/** The `<title>` of a document, for the tables that show it. */
import { lazy } from '../shell/lazy';

/** Empty when there is none. */
export function titleOf(xml: string): string {
  const title = lazy
    .xml()
    .parseXml(xml)
    .children.find((child) => typeof child === 'object' && child.name === 'title');
  if (typeof title !== 'object') return '';
  return title.children.filter((child) => typeof child === 'string').join('');
}
