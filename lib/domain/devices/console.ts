/**
 * `<console>`: a terminal of the container. Only type pty is supported. What libvirt writes for a
 * running domain (tty, source path, alias) is dropped: the caller can't choose it.
 */
import type { ConsoleDefinition } from '../definition';
import type { UnsupportedElement } from '../xml/unsupported';
import { attributeLocation, definitionError } from '../xml/source-location';
import { standalone } from '../xml/raw';
import {
  childOf,
  childrenOf,
  readElement,
  type LocatedElement,
  type Reading,
} from '../xml/reading';
import type { ParseSession } from '../parse-session';
import { parseSourceLabels } from '../security/source-label';
import { consoleTargetVocabulary, consoleVocabulary, ptySourceVocabulary } from '../xml/vocabulary';

const types =
  'null vc pty dev file pipe stdio udp tcp unix spicevmc spiceport nmdm qemu-vdagent dbus'.split(
    ' ',
  );
const targetTypes = ['lxc', 'serial', 'xen', 'uml', 'virtio', 'openvz', 'sclp', 'sclplm'];

/** @throws DefinitionError CONFIG_UNSUPPORTED for an unknown type, XML_ERROR for an invalid port. */
export function parseConsole(at: LocatedElement, session: ParseSession): ConsoleDefinition {
  const unsupported: UnsupportedElement[] = [];
  const reading = readElement(at, consoleVocabulary, unsupported);
  const type = reading.attributes.get('type') ?? 'pty';
  if (!types.includes(type)) {
    const detail = `unknown type presented to host for character device: ${type}`;
    throw definitionError('CONFIG_UNSUPPORTED', detail, attributeLocation(at, 'type'));
  }
  readTarget(reading, unsupported);
  const { position } = at;
  const raw = standalone(at, ['alias', 'address']);
  // `start` refuses the type, with libvirt's message; nothing else in the element matters then.
  if (type !== 'pty') return { type, position, raw };
  const sources = childrenOf(reading, 'source').map((source) =>
    readElement(source, ptySourceVocabulary, unsupported),
  );
  const labels = sources.map((source) => parseSourceLabels(source, unsupported));
  session.unsupported.push(...unsupported);
  return { type, ...labels[0], position, ...(unsupported.length === 0 ? {} : { raw }) };
}

/** The port is checked and then dropped: libvirt renumbers consoles in document order. */
function readTarget(reading: Reading, unsupported: UnsupportedElement[]): void {
  const at = childOf(reading, 'target');
  if (at === undefined) return;
  const { attributes } = readElement(at, consoleTargetVocabulary, unsupported);
  const type = attributes.get('type') ?? 'lxc';
  const location = attributeLocation(at, 'type');
  if (!targetTypes.includes(type)) {
    const detail = `unknown target type '${type}' specified for character device`;
    throw definitionError('CONFIG_UNSUPPORTED', detail, location);
  }
  if (type !== 'lxc') unsupported.push({ ...location, value: type });
  const port = attributes.get('port');
  if (port !== undefined && !/^\d{1,9}$/.test(port)) {
    const detail = `Invalid value for attribute 'port' in element 'target': '${port}'`;
    throw definitionError('XML_ERROR', detail, attributeLocation(at, 'port'));
  }
}
