/** What a document says and `start` refuses, because this version does not carry it out. */
import type { LaterElement } from '../definition';
import { refusal } from './source-location';

/** Returns when the list is empty. @throws DefinitionError CONFIG_UNSUPPORTED, naming its first element. */
export function refuseLater([first]: readonly LaterElement[]): void {
  if (first === undefined) return;
  const detail = first.words ?? `${describe(first)} is not carried out by this version`;
  throw refusal('CONFIG_UNSUPPORTED', detail, first);
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
