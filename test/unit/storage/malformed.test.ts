/** Texts of storage pools and volumes that are no XML. */
import { parseVolume } from '../../../lib/storage/definition/parse-volume';
import { parse } from './parse-context';

test.each<readonly [string, (xml: string) => unknown]>([
  ['pool', parse],
  ['volume', (xml) => parseVolume(xml, 'new')],
])('a %s that is no XML is refused with its line and a caret, as in libvirt', (root, read) => {
  expect(() => read(`<${root}>\n  <name>a</nam>`)).toThrow(
    expect.objectContaining({
      code: 'XML_DETAIL',
      message: expect.stringMatching(/ {2}<name>a<\/nam>\n-*\^/) as string,
    }) as Error,
  );
});
