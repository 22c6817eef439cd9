/** lxc.namespace.*: the namespaces that the container shares, `<lxc:namespace>`. Pure. */
import { wordsOf, type Entry } from '../entry';
import type { Scene } from '../scene';
import type { SharedNamespaceKind } from '../../definition';
import { node, type PrintableElement } from '../../xml/print';
import { lxcNamespace } from '../../xml/vocabulary';

const kinds: readonly SharedNamespaceKind[] = ['net', 'ipc', 'uts'];

export interface Namespaces {
  /** `<lxc:namespace>`, or nothing. */
  readonly elements: readonly PrintableElement[];
  /** The network namespace of the container: its `own`, the `host`'s, or `shared` with another container or process. */
  readonly network: 'own' | 'host' | 'shared';
}

export function convertNamespaces(scene: Scene): Namespaces {
  const shared = new Map<SharedNamespaceKind, PrintableElement>();
  const kept = keptNamespaces(scene);
  for (const kind of kinds) {
    // A container without interfaces has the host's network anyway.
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

/** The namespaces that the container shares with the host. */
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

/** Shares the namespace of a process, by its pid, or of a container, by its name or a path that ends with the name. */
function sharedBy(kind: SharedNamespaceKind, { value }: Entry): PrintableElement {
  if (/^\d+$/.test(value)) return shareElement(kind, 'pid', value);
  return shareElement(kind, 'name', value.slice(value.lastIndexOf('/') + 1));
}

function shareElement(kind: SharedNamespaceKind, type: string, value: string): PrintableElement {
  return node(`lxc:share${kind}`, { type, value });
}
