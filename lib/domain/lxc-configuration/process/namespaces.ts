/** lxc.namespace.*: which namespaces are not the container's own, `<lxc:namespace>`. Pure. */
import { wordsOf, type Entry } from '../entry';
import type { Scene } from '../scene';
import type { SharedNamespaceKind } from '../../definition';
import { node, type PrintableElement } from '../../xml/print';
import { lxcNamespace } from '../../xml/vocabulary';

const kinds: readonly SharedNamespaceKind[] = ['net', 'ipc', 'uts'];

export interface Namespaces {
  /** `<lxc:namespace>`, or nothing. */
  readonly elements: readonly PrintableElement[];
  /** Whose network the container has: `own`, the `host`'s, or that of another container or process. */
  readonly network: 'own' | 'host' | 'shared';
}

export function convertNamespaces(scene: Scene): Namespaces {
  const shared = new Map<SharedNamespaceKind, PrintableElement>();
  const kept = keptNamespaces(scene);
  for (const kind of kinds) {
    // The network of the host is what a container without any interface has.
    if (kind !== 'net' && kept.has(kind)) shared.set(kind, shareElement(kind, 'pid', '1'));
    const entry = scene.settings.take(`lxc.namespace.share.${kind}`);
    if (entry !== undefined) shared.set(kind, sharedBy(kind, entry));
  }
  for (const entry of scene.settings.takeBelow('lxc.namespace.share.')) {
    scene.report.tell(entry, 'only the network, IPC and UTS namespaces can be shared');
  }
  const children = kinds.flatMap((kind) => shared.get(kind) ?? []);
  const network = shared.has('net') ? 'shared' : kept.has('net') ? 'host' : 'own';
  const declaration = { 'xmlns:lxc': lxcNamespace };
  const elements = children.length === 0 ? [] : [node('lxc:namespace', declaration, children)];
  return { elements, network };
}

/** Those that the container is to have in common with the host. */
function keptNamespaces({ settings, report }: Scene): ReadonlySet<SharedNamespaceKind> {
  const keep = settings.takeAll('lxc.namespace.keep');
  const clone = settings.takeAll('lxc.namespace.clone');
  const named = (entries: readonly Entry[]): string[] => entries.flatMap(wordsOf);
  for (const entry of keep) {
    const others = wordsOf(entry).filter((word) => !kinds.some((kind) => kind === word));
    if (others.length > 0) report.tell(entry, `the container gets its own ${others.join(', ')}`);
  }
  const cloned = named(clone);
  const kept = clone.length === 0 ? named(keep) : kinds.filter((kind) => !cloned.includes(kind));
  return new Set(kinds.filter((kind) => kept.includes(kind)));
}

/** By the number of a process, or the name of a container, before which its folder may stand. */
function sharedBy(kind: SharedNamespaceKind, { value }: Entry): PrintableElement {
  if (/^\d+$/.test(value)) return shareElement(kind, 'pid', value);
  return shareElement(kind, 'name', value.slice(value.lastIndexOf('/') + 1));
}

function shareElement(kind: SharedNamespaceKind, type: string, value: string): PrintableElement {
  return node(`lxc:share${kind}`, { type, value });
}
