/** What a document says and `start` refuses, because this version does not carry it out. */
import type { UnsupportedElement } from '../definition';
import { definitionError } from './source-location';

/** Returns when the list is empty. @throws DefinitionError CONFIG_UNSUPPORTED, naming its first element. */
export function refuseUnsupported([first]: readonly UnsupportedElement[]): void {
  if (first === undefined) return;
  const detail = first.words ?? `${describe(first)} is not carried out by this version`;
  throw definitionError('CONFIG_UNSUPPORTED', detail, first);
}

/** `<interface>`, `attribute 'cpuset' of <vcpu>`, `type='file' of <filesystem>`, `<on_crash>preserve`. */
function describe({ path, value }: UnsupportedElement): string {
  const [last = '', parent = ''] = path.split('/').reverse();
  if (!last.startsWith('@')) {
    return value === undefined ? `<${last}>` : `<${last}>${value}</${last}>`;
  }
  const attribute = last.slice(1);
  return value === undefined
    ? `attribute '${attribute}' of <${parent}>`
    : `${attribute}='${value}' of <${parent}>`;
}
