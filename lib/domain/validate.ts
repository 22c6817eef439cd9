/**
 * What a definition may not say when it is started, though it may be defined. Pure: whether the host
 * has what the definition names is not asked here.
 */
import type { DomainDefinition, LaterElement } from './definition';
import { refusal } from './place';
import { checkSharedNamespaces } from './shared-namespaces';
import { checkFilesystems } from './validate-filesystems';

/**
 * Returns when this version can carry out all of the definition.
 *
 * @throws DefinitionError CONFIG_UNSUPPORTED: no console or one that is no pty, the first element
 * that is for later, a shared namespace that can't be, or a filesystem that can't be had; see
 * checkFilesystems.
 */
export function checkStartable(definition: DomainDefinition): void {
  checkConsoles(definition);
  const [first] = definition.later;
  if (first !== undefined) {
    const detail = first.words ?? `${describe(first)} is not carried out by this version`;
    throw refusal('CONFIG_UNSUPPORTED', detail, first);
  }
  checkSharedNamespaces(definition);
  checkFilesystems(definition);
}

function checkConsoles({ consoles, devicesPosition }: DomainDefinition): void {
  if (consoles.length === 0) {
    const position = devicesPosition ?? { line: 1, column: 1 };
    const place = { path: 'domain/devices', position };
    throw refusal('CONFIG_UNSUPPORTED', 'At least one PTY console is required', place);
  }
  for (const { type, position } of consoles) {
    if (type === 'pty') continue;
    const place = { path: 'domain/devices/console', position };
    throw refusal('CONFIG_UNSUPPORTED', 'Only PTY console types are supported', place);
  }
}

/** `<interface>`, `attribute 'cpuset' of <vcpu>`, `type='file' of <filesystem>`, `<on_crash>preserve`. */
function describe({ path, value }: LaterElement): string {
  const [last = '', parent = ''] = path.split('/').reverse();
  if (!last.startsWith('@')) {
    return value === undefined ? `<${last}>` : `<${last}>${value}</${last}>`;
  }
  const attribute = last.slice(1);
  return value === undefined
    ? `attribute '${attribute}' of <${parent}>`
    : `${attribute}='${value}' of <${parent}>`;
}
