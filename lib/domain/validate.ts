/**
 * What a definition may not say when it is started, though it may be defined. Pure: whether the host
 * has what the definition names is not asked here.
 */
import type { DomainDefinition, FilesystemDefinition, LaterElement } from './definition';
import { refusal, type Place } from './place';
import { checkSharedNamespaces } from './shared-namespaces';

/**
 * Returns when this version can carry out all of the definition.
 *
 * @throws DefinitionError CONFIG_UNSUPPORTED: no console or one that is no pty, the first element
 * that is for later, a filesystem path that isn't absolute, a target that is mounted twice, or a
 * shared namespace that can't be.
 */
export function checkStartable(definition: DomainDefinition): void {
  checkConsoles(definition);
  const [first] = definition.later;
  if (first !== undefined) {
    const detail = first.words ?? `${describe(first)} is not carried out by this version`;
    throw refusal('CONFIG_UNSUPPORTED', detail, first);
  }
  checkSharedNamespaces(definition);
  definition.filesystems.forEach(checkAbsolute);
  checkTargets(definition.filesystems);
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

function checkAbsolute({ source, target, position }: FilesystemDefinition): void {
  for (const [end, path] of Object.entries({ source, target })) {
    if (path.startsWith('/')) continue;
    const place = { path: `domain/devices/filesystem/${end}`, position };
    const detail = `filesystem ${end} '${path}' is not an absolute path`;
    throw refusal('CONFIG_UNSUPPORTED', detail, place);
  }
}

/** libvirt mounts the one over the other; nobody means that. */
function checkTargets(filesystems: readonly FilesystemDefinition[]): void {
  const seen = new Map<string, FilesystemDefinition>();
  for (const filesystem of filesystems) {
    const target = withoutDots(filesystem.target);
    const first = seen.get(target);
    if (first !== undefined) {
      const place: Place = { path: 'domain/devices/filesystem', position: filesystem.position };
      const detail = `filesystem target '${target}' is already used in line ${first.position.line}`;
      throw refusal('CONFIG_UNSUPPORTED', detail, place);
    }
    seen.set(target, filesystem);
  }
}

/** The path without its `.` components, which name nothing. */
function withoutDots(path: string): string {
  return `/${path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/')}`;
}
