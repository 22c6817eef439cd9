/**
 * Parses the text of a `<domain type='lxc'>` to a DomainDefinition, with libvirt's defaults filled in.
 * Pure: the same text and context give the same definition. Everything in the text that is ignored is listed in
 * `unsupported` or `unknown`.
 */
import { parseBlockTuning } from './tuning/block-tuning';
import { parseClock, parseLifecycle } from './elements/clock';
import { parseCpuTuning } from './tuning/cpu-tuning';
import type { DomainDefinition } from './definition';
import { parseDevices } from './devices/devices';
import { parseExtension } from './elements/extension/extension';
import { withPortIds } from './interface/port/port-ids';
import { parseIdMap } from './namespaces/id-map';
import { parseMetadata, parseName, parseTitle, parseUuid } from './elements/identity';
import { parseMemoryTuning } from './tuning/memory-tuning';
import { parseOs } from './elements/os';
import { parseFeatures, parseOtherElements } from './elements/other-elements';
import { parsePartition } from './tuning/partition';
import { parsePlaced } from './tuning/placement';
import { attributeLocation, definitionError, inOrder } from './xml/source-location';
import {
  childOf,
  locateRoot,
  noting,
  readElement,
  readText,
  type LocatedElement,
  type Reading,
} from './xml/reading';
import type { ParseContext, ParseSession } from './parse-session';
import { parseMemory } from './elements/resources';
import { parseSecurityLabels, withHostModel } from './security/seclabel';
import { parseSharedNamespaces } from './namespaces/shared-namespaces';
import { checkSourceLabels } from './security/source-label';
import { domainVocabulary } from './elements/vocabulary';
import { withoutEffect } from './filesystem/without-effect';
import { parseXml } from './xml/xml';

const domainTypes =
  'qemu kqemu kvm xen lxc uml openvz test vmware hyperv vbox phyp parallels vz bhyve hvf'.split(
    ' ',
  );

/**
 * Parses one definition.
 *
 * @throws DefinitionError, always with `element`, `line` and `column`: XML_ERROR, NO_NAME, NO_SOURCE,
 * NO_TARGET, XML_DETAIL, INVALID_ARG, INTERNAL_ERROR or CONFIG_UNSUPPORTED, in the same cases as libvirt. What only
 * `start` refuses is not an error here; see `unsupported` and `checkStartable`. As in libvirt, a word that its schema does not
 * know is left out; see `unknown`.
 */
export function parseDomain(xml: string, context: ParseContext): DomainDefinition {
  const noted = noting(context.unknown);
  const session: ParseSession = { context, unsupported: [], kept: [], ...noted };
  const root = locateRoot(parseXml(xml));
  const domain = readDomain(root, session);
  const name = parseName(domain, session);
  const uuid = parseUuid(domain, session);
  const os = parseOs(domain, session);
  const title = parseTitle(domain, session);
  const description = readText(childOf(domain, 'description'), session);
  const written = {
    metadata: parseMetadata(domain, session),
    ...parseMemory(domain, session),
    ...parsePlaced(domain, session),
    ...parseMemoryTuning(domain, session),
    ...parseCpuTuning(domain, session),
    ...parseBlockTuning(domain, session),
    ...parsePartition(domain, session),
    os,
    ...parseIdMap(domain, session),
    features: parseFeatures(domain),
    extension: parseExtension(domain),
    sharedNamespaces: parseSharedNamespaces(domain, session),
    ...parseClock(domain, session),
    ...parseLifecycle(domain, session),
    otherElements: parseOtherElements(domain, session),
    ...parseDevices(domain, session),
    securityLabels: parseSecurityLabels(domain, session),
  };
  checkSourceLabels(written);
  const rest = withHostModel(written, context.hostModel);
  // With the model filled in, the text must still be valid when it is read back.
  if (rest !== written) checkSourceLabels(rest);
  const { unknown = [] } = noted;
  const definition: DomainDefinition = {
    name,
    uuid,
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    ...rest,
    ...(session.kept.length === 0 ? {} : { kept: session.kept }),
    unsupported: inOrder([...session.unsupported, ...withoutEffect(rest)]),
    ...(unknown.length === 0 ? {} : { unknown: inOrder(unknown) }),
  };
  return withPortIds(definition, context.portId);
}

function readDomain(root: LocatedElement, session: ParseSession): Reading {
  const { name, namespace, attributes } = root.element;
  if (name !== 'domain' || namespace !== '') {
    throw definitionError('XML_ERROR', `expecting root element of 'domain', not '${name}'`, root);
  }
  const type = attributes.find((attribute) => attribute.name === 'type')?.value;
  if (type === undefined)
    throw definitionError('INTERNAL_ERROR', 'missing domain type attribute', root);
  const location = attributeLocation(root, 'type');
  if (!domainTypes.includes(type)) {
    throw definitionError('CONFIG_UNSUPPORTED', `invalid domain type ${type}`, location);
  }
  if (type !== 'lxc') {
    throw definitionError(
      'INVALID_ARG',
      `could not find capabilities for domaintype=${type}`,
      location,
    );
  }
  return readElement(root, domainVocabulary, session);
}
