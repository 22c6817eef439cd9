/** What a mount of an LXC configuration becomes in the definition. Pure. */
import type { BoundDevice } from '../devices/devices';
import { node, type PrintableElement } from '../../xml/print';

export interface Piece {
  /** `<filesystem>` or `<disk>`. */
  readonly elements: readonly PrintableElement[];
  /** Elements of `<tslxc:container>`. */
  readonly extension: readonly PrintableElement[];
  readonly devices: readonly BoundDevice[];
}

export const nothing: Piece = { elements: [], extension: [], devices: [] };

export interface Filesystem {
  readonly type: 'mount' | 'bind' | 'file' | 'block' | 'ram';
  /** Attributes of `<source>`. */
  readonly source: Readonly<Record<string, string>>;
  readonly target: string;
  readonly access?: 'mapped' | undefined;
  readonly readonly: 'yes' | 'no';
}

export function filesystemElement(filesystem: Filesystem): PrintableElement {
  const { type, source, target, access, readonly } = filesystem;
  return node('filesystem', { type, accessmode: access }, [
    ...(type === 'file' ? [node('driver', { type: 'loop', format: 'raw' })] : []),
    node('source', source),
    node('target', { dir: target }),
    ...(readonly === 'yes' ? [node('readonly')] : []),
  ]);
}

/** The layers of an overlay, as LXC has them: directories of the host, the lowest first. */
export interface Layers {
  readonly lower: readonly string[];
  readonly upper: string;
  readonly target: string;
  readonly readonly: 'yes' | 'no';
}

export interface OverlayPiece extends Piece {
  /** Set if the files that the container has written so far must be moved to another folder. */
  readonly move?: { readonly from: string; readonly to: string };
}

/**
 * Undefined for several lower layers. tslxc keeps the upper layer in a folder named `upper`, beside its work folder: an upper layer
 * of that name is used in place.
 */
export function overlayPiece({ lower, upper, target, readonly }: Layers): OverlayPiece | undefined {
  const [source, ...others] = lower;
  if (source === undefined || others.length > 0) return undefined;
  const isNamedSo = upper.endsWith('/upper') && upper !== '/upper';
  const folder = isNamedSo ? upper.slice(0, -'/upper'.length) : upper;
  const filesystem = { type: 'mount', source: { dir: source }, target, readonly } as const;
  return {
    elements: [filesystemElement(filesystem)],
    extension: [node('tslxc:overlay', { target, upper: folder })],
    devices: [],
    ...(isNamedSo ? {} : { move: { from: upper, to: `${folder}/upper` } }),
  };
}

/** The message about an overlay whose upper layer must be moved. */
export function moveAdvice({ from, to }: { readonly from: string; readonly to: string }): string {
  return `what the container writes will be in '${to}': move there what is in '${from}'`;
}
