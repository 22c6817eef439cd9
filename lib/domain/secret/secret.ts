/** libvirt's `<secret>`: what a secret is for, and what may be done with its value, which is never in it. Pure. */
import { parseUuid } from '../elements/identity';
import { node, printXml } from '../xml/print';
import {
  childOf,
  locateRoot,
  noting,
  readElement,
  type Reading,
  type ReadingSession,
  readText,
} from '../xml/reading';
import { attributeLocation, definitionError, inDocumentOrder } from '../xml/source-location';
import type { UnknownWord, UnknownWords } from '../xml/unsupported';
import { vocabulary } from '../xml/vocabulary';
import { parseXml } from '../xml/xml';

/** The purpose of a secret, by which it can be found: no two secrets have the same. */
export interface SecretUsage {
  /** The kind of thing. */
  readonly type: 'volume' | 'ceph' | 'iscsi' | 'tls' | 'vtpm';
  /** Of a volume the path, of iSCSI the target, of others a name. */
  readonly id: string;
}

/** The kinds in the order of libvirt's numbers, which begin with 1. */
export const secretUsages: readonly SecretUsage['type'][] = [
  'volume',
  'ceph',
  'iscsi',
  'tls',
  'vtpm',
];

export interface SecretDefinition {
  /** The same as its uuid: a secret has no other name. */
  readonly name: string;
  /** Lower case with dashes. */
  readonly uuid: string;
  /** Never on a disk, and gone when the host is switched off. */
  readonly ephemeral: boolean;
  /** The value is given to nobody. */
  readonly private: boolean;
  readonly description?: string;
  readonly usage?: SecretUsage;
  /** What the text has besides, and libvirt's schema does not know. */
  readonly unknown?: readonly UnknownWord[];
}

export interface SecretParseContext {
  readonly newUuid: () => string;
  /** By default, what the schema does not know is left out. */
  readonly unknown?: UnknownWords;
}

/** The element of `<usage>` that says what exactly is meant. */
const idElements: Readonly<Record<SecretUsage['type'], string>> = {
  volume: 'volume',
  ceph: 'name',
  iscsi: 'target',
  tls: 'name',
  vtpm: 'name',
};

const secretVocabulary = vocabulary({
  attributes: { ephemeral: 'supported', private: 'supported' },
  children: { uuid: 'one', description: 'one', usage: 'one' },
});

const usageVocabulary = vocabulary({
  attributes: { type: 'supported' },
  children: { volume: 'one', name: 'one', target: 'one' },
});

/** @throws DefinitionError XML_ERROR, CONFIG_UNSUPPORTED or INTERNAL_ERROR, in the same cases as libvirt. */
export function parseSecret(xml: string, context: SecretParseContext): SecretDefinition {
  const root = locateRoot(parseXml(xml));
  if (root.element.name !== 'secret' || root.element.namespace !== '') {
    const detail = `unexpected root element <${root.element.name}>, expecting <secret>`;
    throw definitionError('XML_ERROR', detail, root);
  }
  const noted = noting(context.unknown);
  const { unknown = [] } = noted;
  const session = { unsupported: [], kept: [], context, ...noted };
  const reading = readElement(root, secretVocabulary, session);
  const uuid = parseUuid(reading, session);
  const description = readText(childOf(reading, 'description'), session);
  const usage = parseUsage(reading, session);
  return {
    name: uuid,
    uuid,
    ephemeral: isYes(reading, 'ephemeral'),
    private: isYes(reading, 'private'),
    ...(description !== undefined && { description }),
    ...(usage !== undefined && { usage }),
    ...(unknown.length > 0 && { unknown: inDocumentOrder(unknown) }),
  };
}

/** Ends with a newline. */
export function formatSecret(secret: SecretDefinition): string {
  const { uuid, description, usage } = secret;
  const [ephemeral, own] = [secret.ephemeral, secret.private].map((is) => (is ? 'yes' : 'no'));
  return printXml(
    node('secret', { ephemeral, private: own }, [
      node('uuid', {}, [uuid]),
      ...(description === undefined ? [] : [node('description', {}, [description])]),
      ...(usage === undefined
        ? []
        : [node('usage', { type: usage.type }, [node(idElements[usage.type], {}, [usage.id])])]),
    ]),
  );
}

function parseUsage(secret: Reading, session: ReadingSession): SecretUsage | undefined {
  const at = childOf(secret, 'usage');
  if (at === undefined) return undefined;
  const reading = readElement(at, usageVocabulary, session);
  const word = reading.attributes.get('type');
  if (word === undefined) throw definitionError('XML_ERROR', 'unknown secret usage type', at);
  if (word === 'none') return undefined;
  const type = secretUsages.find((one) => one === word);
  if (type === undefined) {
    const detail = `unknown secret usage type ${word}`;
    throw definitionError('CONFIG_UNSUPPORTED', detail, attributeLocation(at, 'type'));
  }
  const element = idElements[type];
  const id = readText(childOf(reading, element), session);
  if (id !== undefined) return { type, id };
  const detail = `${type} usage specified, but <${element}> is missing`;
  throw definitionError('INTERNAL_ERROR', detail, at);
}

function isYes(reading: Reading, name: string): boolean {
  const word = reading.attributes.get(name);
  if (word === undefined || word === 'no' || word === 'yes') return word === 'yes';
  const detail = `invalid value of '${name}'`;
  throw definitionError('XML_ERROR', detail, attributeLocation(reading.at, name));
}
