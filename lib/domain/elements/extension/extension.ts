/**
 * `<tslxc:container>` below `<metadata>`: settings for which libvirt's schema has no elements. The element
 * itself is stored and printed with the other metadata.
 */
import { allocatable, usualIds } from '../../namespaces/allocated-ids';
import { hardeningLevels, type Hardening } from '../../../hardening';
import {
  parseCgroupLimit,
  parseHugepageLimits,
  parseProcessLimit,
  parseTerminalLimit,
} from '../../tuning/counted-limits';
import type { DomainExtension, IdAllocation } from '../../definition';
import { parseFilesystemOptions, parseOverlay } from '../../filesystem/options';
import { enumerated } from '../../xml/enumerated';
import { attributeLocation, definitionError } from '../../xml/source-location';
import {
  childOf,
  childrenOf,
  locateChildren,
  readExactly,
  wordOf,
  type LocatedElement,
  type Reading,
} from '../../xml/reading';
import { parseHealthCheck } from './health-check';
import { parseResourceLimits } from './resource-limits';
import { parseRestartPolicy } from './restart-policy';
import { parseStopSignal } from './stop-signal';
import {
  allocationVocabulary,
  extensionVocabulary,
  hardeningVocabulary,
  relabelVocabulary,
} from './vocabulary';
import { emptyVocabulary } from '../../xml/vocabulary';

/** Empty if there is no such element. @throws DefinitionError XML_ERROR for an unknown name or value. */
export function parseExtension(domain: Reading): DomainExtension {
  const metadata = childOf(domain, 'metadata');
  const at =
    metadata &&
    locateChildren(metadata).find(({ element }) => wordOf(element) === 'tslxc:container');
  if (at === undefined) return {};
  const reading = readExactly(at, extensionVocabulary);
  const hardening = parseHardening(childOf(reading, 'tslxc:hardening'));
  const noNewPrivileges = childOf(reading, 'tslxc:no-new-privileges');
  if (noNewPrivileges !== undefined) readExactly(noNewPrivileges, emptyVocabulary);
  const resourceLimits = parseResourceLimits(childrenOf(reading, 'tslxc:rlimit'));
  const processLimit = parseProcessLimit(childOf(reading, 'tslxc:pids'));
  const cgroupLimit = parseCgroupLimit(childOf(reading, 'tslxc:cgroups'));
  const terminalLimit = parseTerminalLimit(childOf(reading, 'tslxc:ptys'));
  const hugepageLimits = parseHugepageLimits(childrenOf(reading, 'tslxc:hugepages'));
  const ids = parseIds(childOf(reading, 'tslxc:idmap'), domain, hardening);
  const filesystems = childrenOf(reading, 'tslxc:filesystem').map(parseFilesystemOptions);
  const overlays = childrenOf(reading, 'tslxc:overlay').map(parseOverlay);
  const stopSignal = parseStopSignal(childOf(reading, 'tslxc:stop'));
  const restart = parseRestartPolicy(childOf(reading, 'tslxc:restart'));
  const health = parseHealthCheck(childOf(reading, 'tslxc:health'));
  return {
    ...(hardening === undefined ? {} : { hardening }),
    ...(noNewPrivileges === undefined ? {} : { noNewPrivileges: true }),
    ...(resourceLimits.length === 0 ? {} : { resourceLimits }),
    ...(processLimit === undefined ? {} : { processLimit }),
    ...(cgroupLimit === undefined ? {} : { cgroupLimit }),
    ...(terminalLimit === undefined ? {} : { terminalLimit }),
    ...(hugepageLimits.length === 0 ? {} : { hugepageLimits }),
    ...ids,
    ...(filesystems.length === 0 ? {} : { filesystems }),
    ...(overlays.length === 0 ? {} : { overlays }),
    ...parseRelabel(childOf(reading, 'tslxc:relabel')),
    ...(stopSignal === undefined ? {} : { stopSignal }),
    ...(restart === undefined ? {} : { restart }),
    ...(health === undefined ? {} : { health }),
  };
}

function parseHardening(at: LocatedElement | undefined): DomainExtension['hardening'] {
  if (at === undefined) return undefined;
  const value = readExactly(at, hardeningVocabulary).attributes.get('level');
  const level = hardeningLevels.find((known) => known === value);
  if (level !== undefined) return level;
  const detail = `level of <${at.element.name}> must be one of ${hardeningLevels.join(', ')}`;
  throw definitionError('XML_ERROR', detail, attributeLocation(at, 'level'));
}

/** `system='no'` means the same as a missing element. */
function parseRelabel(at: LocatedElement | undefined): Pick<DomainExtension, 'relabelSystem'> {
  if (at === undefined) return {};
  const system = enumerated(readExactly(at, relabelVocabulary), 'system', ['yes', 'no']);
  if (system !== undefined) return system === 'yes' ? { relabelSystem: true } : {};
  const detail = `missing required attribute 'system' of <${at.element.name}>`;
  throw definitionError('XML_ERROR', detail, at);
}

function parseIds(
  at: LocatedElement | undefined,
  domain: Reading,
  hardening: Hardening | undefined,
): Pick<DomainExtension, 'idAllocation' | 'hostIds'> {
  if (at === undefined) return {};
  const { attributes } = readExactly(at, allocationVocabulary);
  const allocate = attributes.get('allocate');
  if (allocate !== 'auto' && allocate !== 'none') {
    const detail = `allocate of <${at.element.name}> must be 'auto' or 'none'`;
    throw definitionError('XML_ERROR', detail, attributeLocation(at, 'allocate'));
  }
  const chosen = childOf(domain, 'idmap');
  if (chosen !== undefined) {
    const what = allocate === 'auto' ? 'ids' : 'the ids of the host';
    const detail = `<${at.element.name}> asks for ${what}, and <idmap> in line ${chosen.position.line} chooses them`;
    throw definitionError('CONFIG_UNSUPPORTED', detail, at);
  }
  if (allocate === 'auto') return { idAllocation: allocationOf(at, attributes) };
  if (hardening === 'isolated') {
    const detail = `<${at.element.name}> asks for the ids of the host, and the level isolated for others`;
    throw definitionError('CONFIG_UNSUPPORTED', detail, at);
  }
  if (!attributes.has('count')) return { hostIds: true };
  const detail = `count of <${at.element.name}> does not go with allocate='none'`;
  throw definitionError('XML_ERROR', detail, attributeLocation(at, 'count'));
}

function allocationOf(at: LocatedElement, attributes: Reading['attributes']): IdAllocation {
  const text = attributes.get('count') ?? String(usualIds);
  const count = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= allocatable.count) return { count, position: at.position };
  const detail = `count of <${at.element.name}> must be a number from 1 to ${allocatable.count}`;
  throw definitionError('XML_ERROR', detail, attributeLocation(at, 'count'));
}
