/** Reads a `<filter>`, with libvirt's defaults filled in. Pure. */
import { checkName, parseUuid } from '../../domain/elements/identity';
import {
  childOf,
  childrenOf,
  type LocatedElement,
  locateRoot,
  noting,
  readElement,
  type Reading,
} from '../../domain/xml/reading';
import {
  attributeLocation,
  comparePositions,
  definitionError,
  inDocumentOrder,
} from '../../domain/xml/source-location';
import type { UnknownWord, UnknownWords } from '../../domain/xml/unsupported';
import { vocabulary, type Vocabulary } from '../../domain/xml/vocabulary';
import { parseXml } from '../../domain/xml/xml';
import {
  chainPriorities,
  defaultRulePriority,
  ruleActions,
  ruleDirections,
  type FilterEntry,
  type FilterInclusion,
  type FilterRule,
  type NetworkFilterDefinition,
  type RuleProtocol,
} from './definition';
import { isRuleValue, protocols } from './protocols';

export interface FilterParseContext {
  readonly newUuid: () => string;
  /** By default, what the schema does not know is left out. */
  readonly unknown?: UnknownWords;
}

const supported = 'supported' as const;

const filterVocabulary = vocabulary({
  attributes: { name: supported, chain: supported, priority: supported },
  children: { uuid: 'one', rule: 'many', filterref: 'many' },
});

/** The vocabularies of a rule, and of each protocol. */
interface RuleVocabularies {
  readonly rule: Vocabulary;
  readonly protocols: Readonly<Record<string, Vocabulary>>;
}

let made: RuleVocabularies | undefined;

/** Made when they are first needed: they are many, and few processes read a filter. */
function ruleVocabularies(): RuleVocabularies {
  made ??= {
    rule: vocabulary({
      attributes: {
        action: supported,
        direction: supported,
        priority: supported,
        statematch: supported,
      },
      children: Object.fromEntries(Object.keys(protocols).map((name) => [name, 'one'] as const)),
    }),
    protocols: Object.fromEntries(
      Object.entries(protocols).map(([name, kinds]) => {
        const attributes = Object.fromEntries(Object.keys(kinds).map((one) => [one, supported]));
        return [name, vocabulary({ attributes })];
      }),
    ),
  };
  return made;
}

const inclusionVocabulary = vocabulary({
  attributes: { filter: supported },
  children: { parameter: 'many' },
});

const parameterVocabulary = vocabulary({ attributes: { name: supported, value: supported } });

interface Session {
  readonly unsupported: [];
  readonly kept: [];
  readonly context: FilterParseContext;
  readonly unknown?: UnknownWord[];
}

/** @throws DefinitionError XML_ERROR or INTERNAL_ERROR. As in libvirt, what its schema does not know is left out; see `unknown`. */
export function parseNetworkFilter(
  xml: string,
  context: FilterParseContext,
): NetworkFilterDefinition {
  const root = locateRoot(parseXml(xml));
  if (root.element.name !== 'filter' || root.element.namespace !== '') {
    const detail = `unexpected root element <${root.element.name}>, expecting <filter>`;
    throw definitionError('XML_ERROR', detail, root);
  }
  const noted = noting(context.unknown);
  const { unknown = [] } = noted;
  const session: Session = { unsupported: [], kept: [], context, ...noted };
  const reading = readElement(root, filterVocabulary, session);
  const chain = parseChain(reading);
  return {
    name: parseName(reading),
    uuid: parseUuid(reading, session),
    chain,
    priority: parsePriority(reading) ?? chainPriorities[prefixOf(chain) ?? 'root'] ?? 0,
    entries: parseEntries(reading, session),
    ...(unknown.length > 0 && { unknown: inDocumentOrder(unknown) }),
  };
}

function parseName(filter: Reading): string {
  const name = filter.attributes.get('name');
  if (name === undefined || name === '') {
    throw definitionError('XML_ERROR', 'filter has no name', filter.at);
  }
  // As in libvirt, whose schema wants a name of XML, any other that a file can have is taken.
  checkName(name, attributeLocation(filter.at, 'name'));
  return name;
}

/** The longest name of a chain. */
const longestChain = 12;

function prefixOf(chain: string): string | undefined {
  return Object.keys(chainPriorities).find((prefix) => chain.startsWith(prefix));
}

function parseChain(filter: Reading): string {
  const chain = filter.attributes.get('chain') ?? 'root';
  const isNamed = /^[a-zA-Z0-9_.:-]+$/.test(chain) && chain.length <= longestChain;
  const prefix = prefixOf(chain);
  const isKnown = prefix === 'root' ? chain === 'root' : prefix !== undefined;
  if (isNamed && isKnown) return chain;
  const prefixes = Object.keys(chainPriorities).join(', ');
  const detail = `invalid chain name '${chain}': it is root, or begins with one of ${prefixes}, and has at most ${longestChain} characters`;
  throw definitionError('INTERNAL_ERROR', detail, attributeLocation(filter.at, 'chain'));
}

function parsePriority({ attributes, at }: Reading): number | undefined {
  const text = attributes.get('priority');
  if (text === undefined) return undefined;
  const number = /^[+-]?\d+$/.test(text) ? Number(text) : NaN;
  if (number >= -1000 && number <= 1000) return number;
  const detail = `priority '${text}' is not a number from -1000 to 1000`;
  throw definitionError('XML_ERROR', detail, attributeLocation(at, 'priority'));
}

function parseEntries(filter: Reading, session: Session): FilterEntry[] {
  const located = [
    ...childrenOf(filter, 'rule').map((at) => ({ at, entry: parseRule(at, session) })),
    ...childrenOf(filter, 'filterref').map((at) => ({ at, entry: parseInclusion(at, session) })),
  ];
  return located
    .sort((a, b) => comparePositions(a.at.position, b.at.position))
    .map(({ entry }) => entry);
}

function parseInclusion(at: LocatedElement, session: Session): FilterInclusion {
  const reading = readElement(at, inclusionVocabulary, session);
  const parameters = childrenOf(reading, 'parameter').map((one) => {
    const { attributes } = readElement(one, parameterVocabulary, session);
    const [name, value] = [attributes.get('name'), attributes.get('value')];
    if (name !== undefined && value !== undefined) return { name, value };
    throw definitionError('XML_ERROR', '<parameter> of <filterref> needs a name and a value', one);
  });
  const filter = reading.attributes.get('filter');
  if (filter !== undefined) return { filter, parameters };
  throw definitionError('XML_ERROR', 'rule node requires filter attribute', at);
}

function parseRule(at: LocatedElement, session: Session): FilterRule {
  const reading = readElement(at, ruleVocabularies().rule, session);
  const found = Object.keys(protocols).flatMap((name) => childOf(reading, name) ?? []);
  const [first, second] = found;
  if (second !== undefined) {
    const detail = `a rule is about one protocol, and not about <${second.element.name}> too`;
    throw definitionError('XML_ERROR', detail, second);
  }
  const protocol = first && parseProtocol(first, session);
  return {
    action: wordOf(reading, 'action', ruleActions),
    direction: wordOf(reading, 'direction', ruleDirections),
    priority: parsePriority(reading) ?? defaultRulePriority,
    stateMatch: parseStateMatch(reading),
    ...(protocol !== undefined && { protocol }),
  };
}

function wordOf<Word extends string>(
  { attributes, at }: Reading,
  name: string,
  all: readonly Word[],
): Word {
  const text = attributes.get(name);
  if (text === undefined) {
    throw definitionError('INTERNAL_ERROR', `rule node requires ${name} attribute`, at);
  }
  const word = all.find((one) => one === text);
  if (word !== undefined) return word;
  const detail = `unknown rule ${name} attribute value '${text}': it is one of ${all.join(', ')}`;
  throw definitionError('INTERNAL_ERROR', detail, attributeLocation(at, name));
}

function parseStateMatch({ attributes, at }: Reading): boolean {
  const text = attributes.get('statematch')?.toLowerCase() ?? 'true';
  if (['true', '1'].includes(text)) return true;
  if (['false', '0'].includes(text)) return false;
  const detail = `statematch is true or false, and not '${text}'`;
  throw definitionError('XML_ERROR', detail, attributeLocation(at, 'statematch'));
}

function parseProtocol(at: LocatedElement, session: Session): RuleProtocol {
  const { name } = at.element;
  const words = ruleVocabularies().protocols[name];
  const kinds = protocols[name];
  if (words === undefined || kinds === undefined) {
    throw definitionError('INTERNAL_ERROR', `<${name}> is no protocol of a rule`, at);
  }
  const { attributes } = readElement(at, words, session);
  const given = Object.entries(kinds).flatMap(([one, kind]): [string, string][] => {
    const text = attributes.get(one);
    if (text === undefined) return [];
    if (isRuleValue(kind, text)) return [[one, text]];
    const detail = `${name} has illegal value ${text}`;
    throw definitionError('XML_ERROR', detail, attributeLocation(at, one));
  });
  return { name, attributes: Object.fromEntries(given) };
}
