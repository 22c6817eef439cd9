/** Writes the root and the mounts of a spec as `<filesystem>`, and their further options in `<tslxc:container>`. Pure. */
import { node, type PrintableElement } from '../xml/print';
import { splitSize } from './size-element';
import type { DomainSpec, MountSpec, OverlaySpec } from './spec';

/** All mounts, with the root as the first one. */
export function mountsOf({ root, mounts = [] }: DomainSpec): readonly MountSpec[] {
  if (root === undefined) return mounts;
  const options = typeof root === 'string' ? { source: root } : root;
  return [{ ...options, target: '/' }, ...mounts];
}

export function mountElements(mount: MountSpec): PrintableElement[] {
  const { type = 'mount', target, readonly = false } = mount;
  return [
    node('filesystem', { type }, [
      sourceElement(mount),
      node('target', { dir: target }),
      ...(readonly ? [node('readonly')] : []),
    ]),
  ];
}

function sourceElement(mount: MountSpec): PrintableElement {
  switch (mount.type) {
    case 'ram': {
      const { count: usage, unit: units } = splitSize(mount.size);
      return node('source', { usage, units });
    }
    case 'file':
      return node('source', { file: mount.source });
    case 'block':
      return node('source', { dev: mount.source });
    case 'volume':
      return node('source', { pool: mount.pool, volume: mount.volume });
    default:
      return node('source', { dir: mount.source });
  }
}

export function mountExtensions(mount: MountSpec): PrintableElement[] {
  if (mount.type !== undefined && mount.type !== 'mount') return [];
  const { target, recursive, propagation, overlay } = mount;
  const yesOrNo = recursive === undefined ? undefined : recursive ? 'yes' : 'no';
  const hasOptions = yesOrNo !== undefined || propagation !== undefined;
  return [
    ...(hasOptions ? [node('tslxc:filesystem', { target, recursive: yesOrNo, propagation })] : []),
    ...(overlay === undefined ? [] : [overlayElement(target, overlay)]),
  ];
}

function overlayElement(target: string, overlay: string | OverlaySpec): PrintableElement {
  const { upper, lower = [] }: OverlaySpec =
    typeof overlay === 'string' ? { upper: overlay } : overlay;
  const layers = lower.map((dir) => node('tslxc:lower', { dir }));
  return node('tslxc:overlay', { target, upper }, layers);
}
