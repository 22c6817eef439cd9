/** Which sources of a domain are labelled on the host, and how. Pure. */
import type { DomainDefinition } from '../../../domain/definition';
import type { FilesystemDefinition } from '../../../domain/filesystem/definition';
import { isHostRoot, overlayOf } from '../../../domain/filesystem/lookup';
import { definitionError } from '../../../domain/xml/source-location';
import type { SourceLabel } from '../../../domain/security/definition';
import { isWithin } from '../../../domain/xml/path';
import { depthOf } from '../../../plan/mounts/filesystems';
import type { RelabelledSource } from './relabel';

/** The labels of a domain's sources. */
export interface SourceLabels {
  readonly model: string;
  /** For what the container may change. */
  readonly imageLabel: string;
  /** For what is shown to it read-only. */
  readonly readonlyImageLabel: string;
}

const element = 'domain/devices/filesystem/source';

/**
 * Trees and images of the host. What is made for the container, including its /dev with the nodes of devices, is
 * mounted with its label, and so is an overlay, whose layers stay as they are.
 */
export function sourcesToLabel(
  definition: DomainDefinition,
  labels: SourceLabels,
): RelabelledSource[] {
  return definition.filesystems.flatMap((filesystem) =>
    sourceToLabel(definition, filesystem, labels),
  );
}

function sourceToLabel(
  definition: DomainDefinition,
  filesystem: FilesystemDefinition,
  labels: SourceLabels,
): RelabelledSource[] {
  const { type } = filesystem;
  if (type !== 'mount' && type !== 'file') return [];
  if (overlayOf(definition, filesystem) !== undefined || isHostRoot(filesystem)) return [];
  const own = ownLabel(filesystem.sourceLabels, labels.model);
  if (own?.relabel === false) return [];
  const label = own?.label ?? (filesystem.readonly ? labels.readonlyImageLabel : labels.imageLabel);
  return [
    {
      path: filesystem.source,
      label,
      place: { path: element, position: filesystem.position },
      // A source that can't be written, such as squashfs, has the label that it was made with.
      whenImpossible: filesystem.readonly ? 'skip' : 'refuse',
      recursive: type === 'mount' && depthOf(definition, filesystem) === 'recursive',
    },
  ];
}

function ownLabel(labels: readonly SourceLabel[] = [], model: string): SourceLabel | undefined {
  return labels.find((label) => (label.model ?? model) === model);
}

/** @throws DefinitionError CONFIG_UNSUPPORTED for a label that a device's node can't have: it has that of its /dev. */
export function checkDeviceLabels({ disks, hostDevices }: DomainDefinition, model: string): void {
  for (const [path, devices] of [
    ['domain/devices/disk', disks],
    ['domain/devices/hostdev', hostDevices],
  ] as const) {
    for (const { sourceLabels } of devices) {
      const own = ownLabel(sourceLabels, model);
      if (own?.label === undefined) continue;
      const detail = 'the node of a device has the label of the container’s /dev, and no other';
      const place = { path: `${path}/source/seclabel/label`, position: own.position };
      throw definitionError('CONFIG_UNSUPPORTED', detail, place);
    }
  }
}

/** The file system that a path of the container lies in, unless a symbolic link leads elsewhere. */
export function filesystemOf(
  { filesystems }: DomainDefinition,
  path: string,
): FilesystemDefinition | undefined {
  return filesystems
    .filter(({ target }) => isWithin(path, target))
    .reduce<FilesystemDefinition | undefined>(
      (inner, one) => (one.target.length >= (inner?.target.length ?? 0) ? one : inner),
      undefined,
    );
}
