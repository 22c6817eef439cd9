/** Writes the root and the mounts of a spec as `<filesystem>`, and their further options in `<tslxc:container>`. Pure. */
import { usualPool } from '../devices/volume-source';
import { node, type PrintableElement } from '../xml/print';
import { from, keysBelow, type KeyPath } from './origin';
import { splitSize } from './size-element';
import type { DomainSpec, MountSpec, OverlaySpec } from './spec';

/** A mount, and where it is in the spec. */
interface Placed {
  readonly mount: MountSpec;
  readonly at: KeyPath;
  /** The path of one of its keys. */
  readonly key: (name: string) => KeyPath;
}

/** All mounts, with the root as the first one. */
export function mountsOf({ root, mounts = [] }: DomainSpec): readonly Placed[] {
  const others = mounts.map((mount, index): Placed => {
    const at = ['mounts', index];
    return { mount, at, key: (name) => [...at, name] };
  });
  if (root === undefined) return others;
  const at = ['root'];
  const options = typeof root === 'string' ? { source: root } : root;
  // Its target is no key, and neither is anything if it is a text.
  const isKey = (name: string): boolean => typeof root !== 'string' && name in root;
  const key = (name: string): KeyPath => (isKey(name) ? [...at, name] : at);
  return [{ mount: { ...options, target: '/' }, at, key }, ...others];
}

export function mountElements({ mount, at, key }: Placed): PrintableElement[] {
  const { type = 'mount', target, readonly = false } = mount;
  const accessmode = 'accessMode' in mount ? mount.accessMode : undefined;
  const element = node('filesystem', { type, accessmode }, [
    sourceElement(mount, key),
    from(key('target'), node('target', { dir: target })),
    ...(readonly ? [from(key('readonly'), node('readonly'))] : []),
  ]);
  return [from(at, element, { accessmode: key('accessMode') })];
}

function sourceElement(mount: MountSpec, key: Placed['key']): PrintableElement {
  const source = (attribute: 'dir' | 'file' | 'dev', path: string): PrintableElement =>
    from(key('source'), node('source', { [attribute]: path }));
  switch (mount.type) {
    case 'ram': {
      const { count: usage, unit: units } = splitSize(mount.size);
      return from(key('size'), node('source', { usage, units }));
    }
    case 'file':
      return source('file', mount.source);
    case 'block':
      return source('dev', mount.source);
    case 'volume': {
      const { pool = usualPool, volume } = mount;
      const element = node('source', { pool, volume });
      return from(key('volume'), element, { pool: key('pool'), volume: key('volume') });
    }
    default:
      return source('dir', mount.source);
  }
}

export function mountExtensions({ mount, at, key }: Placed): PrintableElement[] {
  if (mount.type !== undefined && mount.type !== 'mount') return [];
  const { target, recursive, propagation, overlay } = mount;
  const yesOrNo = recursive === undefined ? undefined : recursive ? 'yes' : 'no';
  const hasOptions = yesOrNo !== undefined || propagation !== undefined;
  const options = node('tslxc:filesystem', { target, recursive: yesOrNo, propagation });
  const keys = { recursive: key('recursive'), propagation: key('propagation') };
  return [
    ...(hasOptions ? [from(at, options, { target: key('target'), ...keys })] : []),
    ...(overlay === undefined ? [] : [overlayElement(target, overlay, key('overlay'))]),
  ];
}

function overlayElement(
  target: string,
  overlay: string | OverlaySpec,
  at: KeyPath,
): PrintableElement {
  if (typeof overlay === 'string') {
    return from(at, node('tslxc:overlay', { target, upper: overlay }));
  }
  const { upper, lower = [] } = overlay;
  const layers = lower.map((dir, index) =>
    from([...at, 'lower', index], node('tslxc:lower', { dir })),
  );
  return from(at, node('tslxc:overlay', { target, upper }, layers), keysBelow(at, 'upper'));
}
