/**
 * `<lxc:namespace>`: namespaces that the container shares: that of another domain, that of a process, or a named one of
 * ip-netns(8). The element itself is stored and printed as written. Also, whether a container has its own network.
 */
import type { DomainDefinition, SharedNamespace, SharedNamespaceSource } from '../definition';
import { attributeLocation, definitionError } from '../xml/source-location';
import {
  childOf,
  locateChildren,
  readElement,
  readExactly,
  textOf,
  type LocatedElement,
  type Reading,
} from '../xml/reading';
import type { ParseSession } from '../parse-session';
import { sharedNamespaceVocabulary } from '../elements/vocabulary';
import { emptyVocabulary } from '../xml/vocabulary';

const kinds = { sharenet: 'net', shareipc: 'ipc', shareuts: 'uts' } as const;
const sources: readonly SharedNamespaceSource[] = ['name', 'pid', 'netns'];

/** @throws DefinitionError CONFIG_UNSUPPORTED or INTERNAL_ERROR, as libvirt does; XML_ERROR for an unknown name. */
export function parseSharedNamespaces(domain: Reading, session: ParseSession): SharedNamespace[] {
  const at = childOf(domain, 'lxc:namespace');
  if (at === undefined) return [];
  const bare = { ...at.element, children: [textOf(at.element)] };
  readElement({ ...at, element: bare }, emptyVocabulary, session);
  const shared: SharedNamespace[] = [];
  for (const child of locateChildren(at)) {
    const one = parseShared(child);
    if (one === undefined) continue;
    if (shared.some(({ kind }) => kind === one.kind)) {
      throw definitionError(
        'XML_ERROR',
        `element <${child.element.name}> appears more than once`,
        child,
      );
    }
    shared.push(one);
  }
  return shared;
}

/** @throws DefinitionError CONFIG_UNSUPPORTED for a combination that may be defined, but not started. */
export function checkSharedNamespaces(definition: DomainDefinition): void {
  for (const { kind, source, value, position } of definition.sharedNamespaces) {
    const location = { path: `domain/lxc:namespace/lxc:share${kind}`, position };
    if (kind === 'net' && hasPrivateNetwork(definition)) {
      const detail = 'Config asks for inherit net namespace as well as private network interfaces';
      throw definitionError('CONFIG_UNSUPPORTED', detail, location);
    }
    if (source === 'netns' && kind !== 'net') {
      const detail = "'netns' namespace source can only be used with sharenet";
      throw definitionError('CONFIG_UNSUPPORTED', detail, location);
    }
    if (source === 'netns' && (value.includes('/') || ['', '.', '..'].includes(value))) {
      const detail = `'${value}' is not the name of a network namespace`;
      throw definitionError('CONFIG_UNSUPPORTED', detail, location);
    }
    if (source === 'pid' && !/^[1-9]\d{0,8}$/.test(value)) {
      throw definitionError(
        'CONFIG_UNSUPPORTED',
        `'${value}' is not the id of a process`,
        location,
      );
    }
  }
}

/** Undefined for type `none`, which shares nothing. */
function parseShared(at: LocatedElement): SharedNamespace | undefined {
  const { element, position } = at;
  const feature = element.name.slice(element.name.indexOf(':') + 1);
  if (!Object.hasOwn(kinds, feature)) {
    throw definitionError('CONFIG_UNSUPPORTED', `unsupported Namespace feature: ${feature}`, at);
  }
  const { attributes } = readExactly(at, sharedNamespaceVocabulary);
  const [type, value] = [attributes.get('type'), attributes.get('value')];
  if (type === undefined || value === undefined) {
    throw definitionError('INTERNAL_ERROR', 'No lxc environment type specified', at);
  }
  const source = sources.find((known) => known === type);
  if (source === undefined && type !== 'none') {
    const detail = `Unknown LXC namespace source '${type}'`;
    throw definitionError('INTERNAL_ERROR', detail, attributeLocation(at, 'type'));
  }
  const kind = kinds[feature as keyof typeof kinds];
  return source === undefined ? undefined : { kind, source, value, position };
}

/**
 * Whether the container has its own network namespace: as in libvirt, if it has `<privnet/>` or any interface, created for it or
 * moved from the host.
 */
export function hasPrivateNetwork({
  features,
  interfaces,
  hostInterfaces,
}: Pick<DomainDefinition, 'features' | 'interfaces' | 'hostInterfaces'>): boolean {
  return features.privateNetwork || interfaces.length > 0 || hostInterfaces.length > 0;
}
