/** A volume as it is found, and as XML. */
import { node, printXml, type PrintableElement } from '../../domain/xml/print';
import { formatPermissions, formatSize } from '../definition/elements';
import type { VolumeFormat } from '../definition/formats';

/** When a file was last read, written and changed: nanoseconds since the epoch. */
export interface VolumeTimes {
  readonly accessed: bigint;
  readonly modified: bigint;
  readonly changed: bigint;
  /** 0 where the file system does not say. */
  readonly born: bigint;
}

/** What a file or folder on the host is. */
export interface FoundFile {
  readonly path: string;
  readonly format: VolumeFormat;
  readonly permissions: { readonly mode: number; readonly owner: number; readonly group: number };
  readonly times: VolumeTimes;
}

export interface FoundVolume extends FoundFile {
  readonly name: string;
  /** `block`: a logical volume. */
  readonly type: 'file' | 'dir' | 'block';
  /** Bytes that a container may write. */
  readonly capacity: number;
  /** Bytes that it takes of the file system. */
  readonly allocation: number;
  /** Bytes of the file. */
  readonly physical: number;
  readonly compat?: string;
  readonly clusterSize?: number;
  readonly lazyRefcounts?: boolean;
  /** Set if the bytes of the disk are in another file, which the image names. */
  readonly data?: 'elsewhere';
  /** The image below; only its path is known if that is not there. */
  readonly backing?: FoundFile | Pick<FoundFile, 'path' | 'format'>;
}

/** The text of a volume, in libvirt's element order and style, ending with a newline. */
export function formatVolume(volume: FoundVolume): string {
  const { name, type, path, capacity, allocation, physical } = volume;
  return printXml(
    node('volume', { type }, [
      node('name', {}, [name]),
      node('key', {}, [path]),
      formatSize('capacity', capacity),
      formatSize('allocation', allocation),
      ...(physical === 0 ? [] : [formatSize('physical', physical)]),
      node('target', {}, [...formatFile(volume), ...formatImage(volume)]),
      ...formatBacking(volume),
    ]),
  );
}

function formatFile({ path, format, permissions, times }: FoundFile): PrintableElement[] {
  const { accessed, modified, changed, born } = times;
  return [
    node('path', {}, [path]),
    node('format', { type: format }),
    ...formatPermissions(permissions),
    node('timestamps', {}, [
      node('atime', {}, [seconds(accessed)]),
      node('mtime', {}, [seconds(modified)]),
      node('ctime', {}, [seconds(changed)]),
      node('btime', {}, [seconds(born)]),
    ]),
  ];
}

/** `1796125715.237864310`. */
function seconds(nanoseconds: bigint): string {
  const [whole, rest] = [nanoseconds / 1_000_000_000n, nanoseconds % 1_000_000_000n];
  return rest === 0n ? String(whole) : `${whole}.${String(rest).padStart(9, '0')}`;
}

function formatImage({ compat, clusterSize, lazyRefcounts }: FoundVolume): PrintableElement[] {
  const features = lazyRefcounts === true ? [node('lazy_refcounts')] : [];
  return [
    ...(compat === undefined ? [] : [node('compat', {}, [compat])]),
    ...(clusterSize === undefined
      ? []
      : [node('clusterSize', { unit: 'B' }, [String(clusterSize)])]),
    ...(lazyRefcounts === undefined ? [] : [node('features', {}, features)]),
  ];
}

function formatBacking({ backing }: FoundVolume): PrintableElement[] {
  if (backing === undefined) return [];
  const { path, format } = backing;
  const known =
    'times' in backing
      ? formatFile(backing)
      : [node('path', {}, [path]), node('format', { type: format })];
  return [node('backingStore', {}, known)];
}
