/** `<resource><partition>`: the cgroup in which the container's cgroup is made. */
import { definitionError } from '../xml/source-location';
import { node, type PrintableElement } from '../xml/print';
import { keepRest } from '../xml/raw';
import { childOf, readElement, readText, type Reading } from '../xml/reading';
import type { ParseSession } from '../parse-session';
import type { Partition } from './definition';
import { ignored, vocabulary } from '../xml/vocabulary';

export const resourceVocabulary = vocabulary({
  children: {
    partition: 'one',
    fibrechannel: ignored('libvirt gives the identifier to the disks of virtual machines only'),
  },
});

/** @throws DefinitionError XML_ERROR. */
export function parsePartition(domain: Reading, session: ParseSession): { partition?: Partition } {
  const at = childOf(domain, 'resource');
  if (at === undefined) return {};
  const reading = readElement(at, resourceVocabulary, session);
  keepRest(reading, session);
  const child = childOf(reading, 'partition');
  const path = readText(child, session);
  if (path !== undefined && child !== undefined) {
    return { partition: { path, position: child.position } };
  }
  if (child === undefined && reading.keptChildren.length > 0) return {};
  throw definitionError('XML_ERROR', 'missing resource partition path', child ?? at);
}

/** The children of `<resource>`. */
export function formatPartition(partition: Partition | undefined): PrintableElement[] {
  return partition === undefined ? [] : [node('partition', {}, [partition.path])];
}

/** The suffix of a container's cgroup in a partition, as in libvirt. */
export const partitionedSuffix = '.libvirt-lxc';

/** @throws DefinitionError CONFIG_UNSUPPORTED for a partition that can't be a cgroup path. */
export function checkPartition({ partition }: { readonly partition?: Partition }): void {
  if (partition === undefined) return;
  const { path, position } = partition;
  const location = { path: 'domain/resource/partition', position };
  if (!path.startsWith('/')) {
    throw definitionError(
      'CONFIG_UNSUPPORTED',
      `Resource partition '${path}' must start with '/'`,
      location,
    );
  }
  const wrong = path
    .split('/')
    .find((part) => part === '.' || part === '..' || part.endsWith(partitionedSuffix));
  const isLong = path.split('/').some((part) => new TextEncoder().encode(part).length > 200);
  if (wrong === undefined && !isLong && !/\p{Cc}/u.test(path)) return;
  const detail = `Resource partition '${path}' is not a valid cgroup path`;
  throw definitionError('CONFIG_UNSUPPORTED', detail, location);
}
