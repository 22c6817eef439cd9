/** `--xpath` and `--wrap`: a part of the XML that a verb prints. */
import type * as XPath from '../output/xpath';
import type { Option, Options } from '../shell/arguments';
import type { Context } from '../shell/command';

export const xpathOptions: readonly Option[] = [
  { name: 'xpath', kind: 'string', help: 'xpath expression to filter the XML document' },
  { name: 'wrap', kind: 'flag', help: 'wrap xpath results in an common root element' },
];

/** Prints the XML, or what the expression selects of it. */
export function showXml({ output }: Context, options: Options, xml: string): void {
  const expression = options.string('xpath');
  if (expression === undefined) {
    output.text(xml);
    return;
  }
  // Loaded on demand: few command lines need it.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { selectXml } = require('../output/xpath') as typeof XPath;
  output.text(selectXml(xml, expression, options.has('wrap') ? 'wrapped' : 'separate'));
}
