/**
 * `<tslxc:network>` below `<metadata>` of a network: settings for which libvirt's schema has no elements, in the namespace of a
 * domain's `<tslxc:container>`. The element itself is stored and printed with the other metadata.
 */
import { childOf, locateChildren, readExactly, wordOf } from '../../domain/xml/reading';
import type { Reading } from '../../domain/xml/reading';
import { definitionError } from '../../domain/xml/source-location';
import { vocabulary } from '../../domain/xml/vocabulary';
import type { LearnedAddresses } from '../definition/definition';
import { wholeNumber } from './attributes';

const networkExtensionVocabulary = vocabulary({ children: { 'tslxc:learned-addresses': 'one' } });

const learnedVocabulary = vocabulary({ attributes: { max: 'supported' } });

/** About 1 MB, and eight for each of the 1,023 ports that a bridge can have. */
export const usualLearnedAddresses = 8192;

/** IFLA_BR_FDB_MAX_LEARNED is a u32, in which 0 would be no limit. */
const learnedRange = [1, 4_294_967_295] as const;

/** Undefined if the network says nothing of it. @throws DefinitionError XML_ERROR for an unknown name or value. */
export function parseLearnedAddresses(network: Reading): LearnedAddresses | undefined {
  const metadata = childOf(network, 'metadata');
  const at =
    metadata && locateChildren(metadata).find(({ element }) => wordOf(element) === 'tslxc:network');
  if (at === undefined) return undefined;
  const learned = childOf(readExactly(at, networkExtensionVocabulary), 'tslxc:learned-addresses');
  if (learned === undefined) return undefined;
  const max = wholeNumber(readExactly(learned, learnedVocabulary), 'max', learnedRange);
  if (max !== undefined) return { max, position: learned.position };
  const detail = `missing required attribute 'max' of <${learned.element.name}>`;
  throw definitionError('XML_ERROR', detail, learned);
}
